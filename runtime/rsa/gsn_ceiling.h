#pragma once
// The noise ceiling of RSA from a generative model of signal and noise (GSN).
#include "stats/gsn.h"

namespace brain::rsa {

struct GsnCeilingOptions {
  std::int64_t simulations = 50, conditions = 50;
  bool scale = true;  // the signal is scaled so that simulated split halves are as reliable as the data's
  std::uint64_t seed = 0;
};

struct GsnCeiling {
  double ceiling;           // median correlation of the RDM of the signal with that of averaged measurements
  double scale = 1;         // of the signal's covariance
  double data_reliability;  // correlation of RDMs of two disjoint halves of the trials, median over splits
  at::Tensor correlations;  // [simulations]
};

// trials [conditions, trials, units] and what stats::gsn made of them. RDMs are 1 - r between the patterns of
// conditions, compared by Pearson's r. Reliability: all splits of the trials into halves (of floor(trials / 2)) where
// these are at most 50, otherwise random ones, 50 at a time until the median is 10 times its error or 1000 are drawn;
// scales 0, .1, ..., 2 are simulated under the same rule and the one whose reliability is nearest is taken.
// Simulations are independent draws of `conditions` patterns, spread over threads.
GsnCeiling gsn_ceiling(const at::Tensor& trials, const stats::Gsn& gsn, const GsnCeilingOptions& options = {});

}  // namespace brain::rsa
