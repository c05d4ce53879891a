#pragma once
// Evaluation by quadratic measures where subjects have different pairs: matrix products over batches of draws.
#include <ATen/ATen.h>

#include <optional>

#include "rsa/compare.h"
#include "rsa/resampled.h"

namespace brain::rsa {

// What evaluate_partial (rsa/partial_evaluation.h) gives for pearson and cosine, models compared with each subject. The sums over
// pairs that similarities need are products of RDMs (made once for a batch of draws) times weights. In the pool of the ceilings
// only pairs that several subjects have need a sum for each draw: elsewhere it is the subject itself.
Evaluations evaluate_partial_grams(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                                   const at::Tensor& subjects, Comparison method, const std::optional<at::Tensor>& control,
                                   bool ceilings);

}  // namespace brain::rsa
