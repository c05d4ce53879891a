#pragma once
// RDMs of pairwise decoding accuracy over time (for EEG and MEG).
#include <ATen/ATen.h>

#include <cstdint>
#include <string>

namespace brain::rsa {

enum class Classifier { svm, lda };

struct DecodingOptions {
  Classifier classifier = Classifier::svm;
  std::int64_t folds = 4;
  std::int64_t average = 5;  // trials in a pseudo-trial
  std::int64_t repeats = 5;  // of drawing pseudo-trials and folds
  std::int64_t smooth = 5;   // time points of the centred mean over accuracies, 1: none
  double C = 1, tolerance = 1e-4;
  std::uint64_t seed = 0;
};

// trials [conditions, repetitions, channels, times] -> accuracies float64 [times, pairs]: for every time
// point and pair of conditions, how well a classifier on the channels tells them apart. In each repeat every
// condition's repetitions are shuffled (the same for all times) and averaged in groups of `average` into
// pseudo-trials (what is left over is dropped); at each time point they are split anew into `folds`
// stratified folds, and a classifier of the others is tried on each. Accuracies are averaged over repeats and
// folds and then smoothed over time by a centred mean whose window is cut at the ends. (The pipeline of Lu
// and Golomb for THINGS-EEG2; Cichy et al. 2014.)
//
// svm: LIBSVM's C-SVC with a linear kernel (rsa/svm.h). lda: the pooled within-class covariance, which needs
// more training pseudo-trials than channels; class sizes are the priors.
//
// Draws depend on the seed, repeat, time and condition alone. Spread over threads by time and condition.
at::Tensor decoding_rdm(const at::Tensor& trials, const DecodingOptions& options);

// The mean over axis 0 of times t - width / 2 ... t + (width - 1) / 2, as many of them as there are.
at::Tensor smoothed(const at::Tensor& x, std::int64_t width);

}  // namespace brain::rsa
