#pragma once
// Evaluation of models where subjects have different pairs of conditions: each its own NaN.
#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "rsa/compare.h"
#include "rsa/resampled.h"

namespace brain::rsa {

// So many different pairs a draw needs for a similarity.
inline constexpr int kLeastPairs = 3;

// Whether rows of rdms [subjects, pairs] differ in which pairs are NaN.
bool pairs_differ(const at::Tensor& rdms);

// What evaluate_resampled (rsa/resampled.h) gives where they do. Every subject is compared with the models, and controls are
// taken out, on the pairs it has; a pair that is NaN in a model or control is left out for all. A subject of which a draw has
// fewer than 3 different pairs, or pairs that do not vary, is not there in that draw: NaN in per_subject and out of the means;
// so is a single similarity that is not defined (a model that does not vary over a subject's pairs). A draw without any is NaN.
//
// Ceilings: subjects are scaled on their own pairs (ranks over their number; z-scores; division by the root mean square), and
// the pool of a pair is the mean over the subjects drawn that have it. upper: each against the pool on its own pairs; lower:
// against the pool of the others, on those of its pairs that another has. NaN for fewer than 3 different pairs and left out of
// the means; lower is NaN where no two subjects overlap. Ranks and z-scores are of what a subject saw: subjects whose
// conditions differ in kind are not on one scale. to_mean: with the mean over the subjects drawn that have a pair.
//
// pearson and cosine with each subject are matrix products over batches of draws; the others go draw by draw. Workspace: the
// models' values on every different set of pairs. The whitened methods need every pair and are refused.
Evaluations evaluate_partial(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                             const at::Tensor& subjects, Comparison method, const std::optional<at::Tensor>& control,
                             bool ceilings, bool to_mean);

// Subjects with the same pairs, and these.
struct SharedPairs {
  std::vector<std::int64_t> subjects;
  at::Tensor kept;                          // int64: places among all pairs
  std::vector<std::int32_t> first, second;  // conditions of each
};

// Pairs that are NaN in `others` (models, controls; [k, pairs] each) are in none.
std::vector<SharedPairs> shared_pairs(const at::Tensor& rdms, const std::vector<at::Tensor>& others);

}  // namespace brain::rsa
