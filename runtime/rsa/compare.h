#pragma once
// How alike RDMs are.
#include <ATen/ATen.h>

#include <string>

namespace brain::rsa {

// rho_a: 12 / (p^3 - p) <ranks - mean, ranks - mean>, Spearman's without the correction for ties (Schuett et
// al. 2023); tau_a, tau_b: Kendall's (stats/kendall.h).
enum class Comparison { pearson, spearman, rho_a, tau_a, tau_b, cosine };
// Names and those of other toolboxes: corr, kendall, kendall-tau-a ...; errors list the names.
Comparison comparison_of(const std::string& name, const char* function);
inline bool uses_ranks(Comparison method) {
  return method != Comparison::pearson && method != Comparison::cosine;
}
inline bool is_tau(Comparison method) { return method == Comparison::tau_a || method == Comparison::tau_b; }

// a [k, p], b [m, p] float64 -> [k, m]. A pair that is NaN in any of them is left out for all; average ranks
// for ties; NaN for an RDM without variance (rho_a, tau_a: 0). Ranks are taken once for each RDM, and all but
// tau are one product.
at::Tensor compare(const at::Tensor& a, const at::Tensor& b, Comparison method);

// Partial correlation of a and b given control [c, p]: both without their least squares fit by the controls
// and a constant; on ranks for `ranked`. NaN for what the controls explain entirely.
at::Tensor compare_partial(const at::Tensor& a, const at::Tensor& b, const at::Tensor& control, bool ranked);

}  // namespace brain::rsa
