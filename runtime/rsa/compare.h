#pragma once
// How alike RDMs are.
#include <ATen/ATen.h>

#include <optional>
#include <string>

namespace brain::rsa {

// rho_a: 12 / (p^3 - p) <ranks - mean, ranks - mean>, Spearman's without the correction for ties (Schuett et
// al. 2023); tau_a, tau_b: Kendall's (stats/kendall.h). corr_cov, cosine_cov: whitened by the covariance of
// dissimilarities (rsa/whitened.h). bures, bures_metric, neg_riem_dist: of second moments (rsa/second_moment.h).
enum class Comparison {
  pearson,
  spearman,
  rho_a,
  tau_a,
  tau_b,
  cosine,
  corr_cov,
  cosine_cov,
  bures,
  bures_metric,
  neg_riem_dist
};
// Names and those of other toolboxes: corr, kendall, kendall-tau-a ...; errors list the names.
Comparison comparison_of(const std::string& name, const char* function);
inline bool uses_ranks(Comparison method) {
  return method >= Comparison::spearman && method <= Comparison::tau_b;
}
inline bool is_tau(Comparison method) { return method == Comparison::tau_a || method == Comparison::tau_b; }
inline bool is_whitened(Comparison method) {
  return method == Comparison::corr_cov || method == Comparison::cosine_cov;
}
// Of second moments, which need every pair.
inline bool is_of_moments(Comparison method) { return method >= Comparison::bures; }

// a [k, p], b [m, p] float64 -> [k, m]. A pair that is NaN in any of them is left out for all; average ranks
// for ties; NaN for an RDM without variance (rho_a, tau_a: 0) and where no pair is left. Ranks are taken once for
// each RDM, and all but tau are one product.
// sigma, [n] variances or [n, n]: how the patterns' noise covaries between conditions, for the whitened methods
// and neg_riem_dist; without it the identity.
at::Tensor compare(const at::Tensor& a, const at::Tensor& b, Comparison method,
                   const std::optional<at::Tensor>& sigma = std::nullopt);

// Partial correlation of a and b given control [c, p]: both without their least squares fit by the controls
// and a constant; on ranks for `ranked`. NaN for what the controls explain entirely.
at::Tensor compare_partial(const at::Tensor& a, const at::Tensor& b, const at::Tensor& control, bool ranked);

// Partial correlations [k, m] of a with each of b given the others of b, from the inverse of their correlations.
at::Tensor compare_partial_each(const at::Tensor& a, const at::Tensor& b, bool ranked);

// Least-squares weights [k, m] of all RDMs b together, with a constant, in each of a.
at::Tensor compare_regression(const at::Tensor& a, const at::Tensor& b);

}  // namespace brain::rsa
