#pragma once
// Models against measured RDMs, and noise ceilings, under resampling of conditions and subjects.
#include <ATen/ATen.h>

#include <optional>

#include "rsa/compare.h"

namespace brain::rsa {

struct Evaluations {
  at::Tensor similarity;   // [draws, models]: mean over the subjects drawn, or to their mean RDM
  at::Tensor per_subject;  // [draws, models, subjects]; NaN for subjects not drawn
  at::Tensor ceiling;      // [draws, 2]: lower, upper
};

// models [m, pairs], rdms [subjects, pairs], float64; conditions [draws, n] and subjects [draws, s] are how
// often each was drawn, float64. A pair of conditions drawn a and b times counts a b times; pairs of a
// condition with its own copies do not exist. A pair that is NaN in a model or control is left out, and so is one that is NaN in
// all subjects; where it is NaN in some of them, rsa/partial_evaluation.h has each subject keep its own. With control [c, pairs] the similarity
// is the partial one (pearson or spearman) and there is no ceiling.
//
// Ceilings (Nili et al. 2014): subjects' RDMs are pooled after the scaling that suits the method (ranks;
// z-scores for pearson; division by the root mean square for cosine). upper: mean similarity of each
// different subject to the pool of all that were drawn; lower: to the pool without any of its own copies, NaN
// with one subject. The pool is compared by `method` itself, so spearman ranks it anew: what the pool would
// score as a model.
//
// to_mean: models are compared with the mean RDM of the subjects drawn, as they are, instead of with each.
//
// Whitened methods resample the identity as covariance of patterns (rsa/pair_gram.h) and need every pair. Draws are
// independent and spread over threads.
Evaluations evaluate_resampled(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                               const at::Tensor& subjects, Comparison method,
                               const std::optional<at::Tensor>& control = std::nullopt, bool ceilings = true,
                               bool to_mean = false);

}  // namespace brain::rsa
