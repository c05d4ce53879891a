#pragma once
// Evaluation of models by quadratic measures, from the products of RDMs alone.
#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "rsa/compare.h"
#include "rsa/fitted_model.h"
#include "rsa/resampled.h"

namespace brain::rsa {

// What evaluate_resampled (rsa/resampled.h) gives, for pearson, cosine, corr_cov and cosine_cov: every draw is a row of
// one matrix product. control: for pearson.
Evaluations evaluate_grams(const at::Tensor& models, const at::Tensor& rdms, const at::Tensor& conditions,
                           const at::Tensor& subjects, Comparison method, const std::optional<at::Tensor>& control,
                           bool ceilings, bool to_mean);

// Products [draws, k, k] without what the last `controls` RDMs explain of the others, these at length 1 before; the square of one
// that is explained entirely is NaN.
at::Tensor without_controls(const at::Tensor& k, std::int64_t controls);

struct CrossvalidationOptions {
  std::int64_t condition_folds = 0, subject_folds = 0;  // 0: as many as suit the numbers (default_folds); 1: no split
  std::int64_t repeats = 2;                             // of dealing out the folds
  std::uint64_t seed = 0;
};

// 2 folds of conditions, 3 from 20 of them, 4 from 30, 5 from 40; 1 fold of subjects, 2 from 4 of them, 3 from 8, 4 from
// 14, 5 from 20.
std::int64_t default_condition_folds(std::int64_t conditions);
std::int64_t default_subject_folds(std::int64_t subjects);

struct CrossvalidatedEvaluations {
  at::Tensor similarity;  // [draws, repeats, models]
  at::Tensor ceiling;     // [draws, repeats, 2]: lower, upper
};

// Models fitted to some conditions and subjects and compared with others. all [k, pairs]: the RDMs the models are made
// of. In each repeat the different conditions of a draw are dealt into folds, and its different subjects; for every pair
// of folds a model is fitted to the pooled RDM of the other subjects on the other conditions, and compared with the
// subjects of the fold on the conditions of the fold. Ceilings: these subjects against the pool of the other subjects
// (lower; NaN with one fold of subjects) and of all (upper), on the conditions of the fold. A pair of folds counts by how
// many conditions times subjects were drawn into it: a condition drawn twice then moves the mean twice as much. (With equal
// shares it would move its small fold less than that, and the variance over draws would come out a third too small in folds
// of eight.) Copies of a condition or
// subject are never on both sides. NaN for a draw of fewer than 3 different conditions or 1 subject for each fold.
// Folds depend on the seed, draw and repeat alone; draws are spread over threads. Every subject needs the same pairs.
CrossvalidatedEvaluations evaluate_crossvalidated(const std::vector<FittedModel>& models, const at::Tensor& all,
                                                  const at::Tensor& rdms, const at::Tensor& conditions,
                                                  const at::Tensor& subjects, Comparison method,
                                                  const CrossvalidationOptions& options);

// The models' weights on all of rdms and all conditions. Every subject needs the same pairs.
std::vector<std::vector<double>> fit_models(const std::vector<FittedModel>& models, const at::Tensor& all,
                                            const at::Tensor& rdms, Comparison method);

}  // namespace brain::rsa
