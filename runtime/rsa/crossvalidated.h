#pragma once
// Distances between conditions whose noise is independent: products across folds (runs) only, so that they are
// 0 on average where conditions do not differ. They may be negative; their roots are not taken.
#include <ATen/ATen.h>

#include <optional>

namespace brain::rsa {

// Measurements summed within conditions and folds.
struct Folds {
  at::Tensor sums;    // float64 [folds, conditions, features]
  at::Tensor counts;  // float64 [folds, conditions]: measurements in each; 0: the condition is not in the fold
};

// x [rows, features]; condition and fold of each row, int64 [rows], numbered from 0 without gaps.
Folds fold_sums(const at::Tensor& x, const at::Tensor& conditions, const at::Tensor& folds);
// Of one measurement of every condition in every fold, [folds, conditions, features].
Folds balanced_folds(const at::Tensor& x);

// Crossnobis (Walther et al. 2016; Schuett et al. 2023), [pairs]: with k_ij the mean of a P b' over all
// measurements a of i and b of j of different folds, (k_ii + k_jj - 2 k_ij) / features. Where every fold holds
// every condition equally often this is the leave-one-fold-out distance. precision: none (the identity),
// [features] (a diagonal), [features, features], or one for each fold [folds, features, features]: then folds
// f, g are compared under the inverse of their mean covariance. NaN for a condition that is in one fold only.
at::Tensor crossnobis(const Folds& folds, const std::optional<at::Tensor>& precision = std::nullopt);

// The divergence of rsa/rdm.h's poisson across folds, [pairs]: (a - b)(log c - log d)' / features with a, b the
// mean rates outside a fold and c, d those in it, averaged over folds that hold both conditions.
at::Tensor poisson_crossvalidated(const Folds& folds, double prior_rate = 1, double prior_weight = 0.1);

}  // namespace brain::rsa
