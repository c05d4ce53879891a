#include "rsa/compare.h"

#include <ATen/Parallel.h>

#include <limits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "rsa/second_moment.h"
#include "rsa/whitened.h"
#include "stats/kendall.h"
#include "stats/rank.h"

namespace brain::rsa {

namespace {

// Rows of length 1; one whose length is rounding against `scale` is NaN.
at::Tensor unit(const at::Tensor& rows, const at::Tensor& scale) {
  const at::Tensor length = rows.norm(2, 1, /*keepdim=*/true);
  return rows / at::where(length > 1e-13 * scale, length, std::numeric_limits<double>::quiet_NaN());
}

at::Tensor centred(const at::Tensor& x) { return x - x.mean(1, /*keepdim=*/true); }

void check_pairs(const at::Tensor& a, const at::Tensor& b, const char* what) {
  if (a.size(1) != b.size(1))
    fail("compare: expected RDMs of the same conditions, got ", a.size(1), " and ", b.size(1), " pairs",
         what);
}

// Cholesky's factor of the products of models.
at::Tensor factor_of(const at::Tensor& gram, const char* method) {
  const auto [factor, info] = at::linalg_cholesky_ex(gram.nan_to_num(0));
  const at::Tensor pivots = factor.diagonal().square() / gram.diagonal();
  if (info.item<std::int64_t>() != 0 || !(pivots.min().item<double>() > 1e-12))
    fail("compare: ", method, ": expected RDMs b of which none is constant or a mixture of the others");
  return factor;
}

// Without the columns that are NaN anywhere.
std::vector<at::Tensor> complete(std::vector<at::Tensor> list) {
  at::Tensor missing = list[0].isnan().any(0);
  for (const auto& x : list)
    missing = missing | x.isnan().any(0);
  if (!missing.any().item<bool>()) return list;
  const at::Tensor kept = at::nonzero(missing.logical_not()).flatten();
  for (auto& x : list)
    x = x.index_select(1, kept);
  return list;
}

using Ranks = std::vector<std::vector<std::int32_t>>;

Ranks dense_ranks(const at::Tensor& x) {
  const at::Tensor rows = x.cpu().contiguous();
  Ranks ranks(static_cast<std::size_t>(rows.size(0)));
  at::parallel_for(0, rows.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = begin; k < end; ++k)
      ranks[k] = stats::dense_ranks(
          {rows.const_data_ptr<double>() + k * rows.size(1), static_cast<std::size_t>(rows.size(1))});
  });
  return ranks;
}

at::Tensor kendall(const at::Tensor& a, const at::Tensor& b, bool tau_a) {
  const Ranks x = dense_ranks(a), y = dense_ranks(b);
  const at::Tensor result = at::empty({a.size(0), b.size(0)}, at::kDouble);
  auto* out = result.mutable_data_ptr<double>();
  at::parallel_for(0, result.numel(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = begin; k < end; ++k) {
      interrupt::check();
      const auto tau = stats::kendall(x[k / b.size(0)], y[k % b.size(0)]);
      out[k] = tau_a ? tau.tau_a : tau.tau_b;
    }
  });
  return result.to(a.device());
}

}  // namespace

Comparison comparison_of(const std::string& name, const char* function) {
  static const std::pair<const char*, Comparison> names[] = {
      {"pearson", Comparison::pearson},     {"spearman", Comparison::spearman},
      {"rho-a", Comparison::rho_a},         {"tau-a", Comparison::tau_a},
      {"tau-b", Comparison::tau_b},         {"cosine", Comparison::cosine},
      {"corr_cov", Comparison::corr_cov},   {"cosine_cov", Comparison::cosine_cov},
      {"bures", Comparison::bures},         {"bures_metric", Comparison::bures_metric},
      {"neg_riem_dist", Comparison::neg_riem_dist},
      {"wuc", Comparison::cosine_cov},
      {"corr", Comparison::pearson},        {"correlation", Comparison::pearson},
      {"rho_a", Comparison::rho_a},         {"kendall", Comparison::tau_b},
      {"kendall-tau-a", Comparison::tau_a}, {"kendall-tau-b", Comparison::tau_b},
      {"kendall tau-a", Comparison::tau_a}, {"kendall tau-b", Comparison::tau_b}};
  for (const auto& [known, method] : names) {
    if (name == known) return method;
  }
  fail(function,
       ": method: expected pearson, spearman, rho-a, tau-a, tau-b, cosine, corr_cov, cosine_cov, bures, "
       "bures_metric or neg_riem_dist, got '",
       name, "'");
}

at::Tensor compare(const at::Tensor& a, const at::Tensor& b, Comparison method,
                   const std::optional<at::Tensor>& sigma) {
  check_pairs(a, b, "");
  if (sigma && !is_whitened(method) && method != Comparison::neg_riem_dist)
    fail("compare: sigma: expected method corr_cov, cosine_cov or neg_riem_dist");
  if (is_whitened(method)) {
    const bool centre = method == Comparison::corr_cov;
    const auto whitened = whiten({a, b}, centre, sigma);
    const auto scale = [](const at::Tensor& x) { return x.nan_to_num(0).norm(2, 1, /*keepdim=*/true); };
    return unit(whitened[0], scale(a)).matmul(unit(whitened[1], scale(b)).t());
  }
  if (method == Comparison::bures) return bures_similarity(a, b).to(a.device());
  if (method == Comparison::bures_metric) return bures_distance(a, b).to(a.device());
  if (method == Comparison::neg_riem_dist) return -riemannian_distance(a, b, sigma).to(a.device());
  const auto kept = complete({a, b});
  at::Tensor x = kept[0], y = kept[1];
  if (x.size(1) == 0) return at::full({x.size(0), y.size(0)}, std::numeric_limits<double>::quiet_NaN(), x.options());
  if (is_tau(method)) return kendall(x, y, method == Comparison::tau_a);
  if (uses_ranks(method)) x = stats::average_ranks(x), y = stats::average_ranks(y);
  if (method == Comparison::rho_a) {
    const auto p = static_cast<double>(x.size(1));
    return centred(x).matmul(centred(y).t()) * (12 / (p * p * p - p));
  }
  const at::Tensor size_x = x.norm(2, 1, true), size_y = y.norm(2, 1, true);
  if (method != Comparison::cosine) x = centred(x), y = centred(y);
  return unit(x, size_x).matmul(unit(y, size_y).t());
}

at::Tensor compare_partial(const at::Tensor& a, const at::Tensor& b, const at::Tensor& control, bool ranked) {
  check_pairs(a, b, "");
  check_pairs(a, control, " of control");
  auto list = complete({a, b, control});
  if (ranked) {
    for (auto& x : list)
      x = stats::average_ranks(x);
  }
  for (auto& x : list)
    x = centred(x);
  // An orthonormal basis of what the controls span; those that are constant or follow from others add
  // nothing.
  const auto [left, sizes, right] = at::linalg_svd(list[2], /*full_matrices=*/false);
  const at::Tensor basis = right.index_select(0, at::nonzero(sizes > 1e-10 * sizes.max()).flatten()).t();
  const at::Tensor size_a = list[0].norm(2, 1, true), size_b = list[1].norm(2, 1, true);
  for (int k : {0, 1})
    list[k] = list[k] - list[k].matmul(basis).matmul(basis.t());
  return unit(list[0], size_a * 1e3).matmul(unit(list[1], size_b * 1e3).t());
}

at::Tensor compare_partial_each(const at::Tensor& a, const at::Tensor& b, bool ranked) {
  check_pairs(a, b, "");
  auto list = complete({a, b});
  for (auto& x : list) {
    if (ranked) x = stats::average_ranks(x);
    const at::Tensor size = x.norm(2, 1, /*keepdim=*/true);
    x = unit(centred(x), size);
  }
  // With c the correlations of y and the models, C those among the models and w = C^-1 c:
  // r_i = w_i / sqrt((C^-1)_ii (1 - c w) + w_i^2).
  const at::Tensor factor = factor_of(list[1].matmul(list[1].t()), "partial"), c = list[0].matmul(list[1].t());
  const at::Tensor inverse = at::cholesky_inverse(factor), w = c.matmul(inverse);
  const at::Tensor left = (1 - (c * w).sum(1, /*keepdim=*/true)).clamp_min(0);
  return w / (inverse.diagonal() * left + w.square()).sqrt();
}

at::Tensor compare_regression(const at::Tensor& a, const at::Tensor& b) {
  check_pairs(a, b, "");
  const auto list = complete({a, b});
  const at::Tensor models = centred(list[1]), factor = factor_of(models.matmul(models.t()), "regression");
  return at::cholesky_solve(models.matmul(centred(list[0]).t()), factor).t();
}

}  // namespace brain::rsa
