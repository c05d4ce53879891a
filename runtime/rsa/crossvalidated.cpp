#include "rsa/crossvalidated.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "rsa/rdm.h"
#include "stats/covariance.h"

namespace brain::rsa {

namespace {

void check_folds(const Folds& folds, const char* distance) {
  if (folds.sums.size(0) < 2)
    fail("rdm: ", distance, ": expected at least 2 folds, got ", folds.sums.size(0));
  if (folds.sums.size(1) < 2)
    fail("rdm: ", distance, ": expected at least 2 conditions, got ", folds.sums.size(1));
  if (!at::isfinite(folds.sums).all().item<bool>())
    fail("rdm: ", distance, ": x holds NaN or infinite numbers; leave these trials or features out");
}

// Sums over measurements of different folds: sum_f sum_(g != f) S_f P S_g', from the total and each fold's own.
at::Tensor across_folds(const at::Tensor& sums, const std::optional<at::Tensor>& precision) {
  const std::int64_t f = sums.size(0), n = sums.size(1), p = sums.size(2);
  const at::Tensor side = sums.transpose(0, 1).reshape({n, f * p});  // folds side by side: one product for all
  const at::Tensor total = sums.sum(0);
  if (!precision) return total.matmul(total.t()).addmm_(side, side.t(), 1, -1);
  const at::Tensor weighted = precision->dim() == 1 ? sums * *precision : sums.matmul(*precision);
  return weighted.sum(0).matmul(total.t()).addmm_(weighted.transpose(0, 1).reshape({n, f * p}), side.t(), 1, -1);
}

// The same with a precision for each fold.
at::Tensor across_folds_each(const at::Tensor& sums, const at::Tensor& precisions) {
  const std::int64_t f = sums.size(0);
  const at::Tensor covariances = stats::precision(precisions, "rdm: noise");
  at::Tensor products = at::zeros({sums.size(1), sums.size(1)}, sums.options());
  for (std::int64_t i = 0; i < f; ++i) {
    for (std::int64_t j = i + 1; j < f; ++j) {
      interrupt::check();
      const at::Tensor factor = at::linalg_cholesky((covariances[i] + covariances[j]) / 2);
      products.addmm_(sums[i], at::cholesky_solve(sums[j].t(), factor));
    }
  }
  return products + products.t();
}

}  // namespace

Folds fold_sums(const at::Tensor& x, const at::Tensor& conditions, const at::Tensor& folds) {
  const std::int64_t rows = x.size(0), p = x.size(1), n = conditions.max().item<std::int64_t>() + 1,
                     f = folds.max().item<std::int64_t>() + 1;
  const at::Tensor cell = (folds * n + conditions).to(x.device());
  at::Tensor sums = at::zeros({f * n, p}, x.options().dtype(at::kDouble));
  const std::int64_t step = std::max<std::int64_t>(1, (std::int64_t{1} << 21) / p);  // no float64 copy of all
  for (std::int64_t first = 0; first < rows; first += step) {
    const std::int64_t last = std::min(first + step, rows);
    sums.index_add_(0, cell.slice(0, first, last), x.slice(0, first, last).to(at::kDouble));
  }
  return {sums.view({f, n, p}), at::bincount(cell, {}, f * n).to(at::kDouble).view({f, n})};
}

Folds balanced_folds(const at::Tensor& x) {
  return {x.to(at::kDouble), at::ones({x.size(0), x.size(1)}, x.options().dtype(at::kDouble))};
}

at::Tensor crossnobis(const Folds& folds, const std::optional<at::Tensor>& given) {
  const c10::NoGradGuard no_grad;
  check_folds(folds, "crossnobis");
  const std::int64_t f = folds.sums.size(0), p = folds.sums.size(2);
  std::optional<at::Tensor> precision;
  if (given) {
    precision = given->to(folds.sums.device(), at::kDouble);
    const auto sizes = precision->sizes();
    const bool fits = sizes == at::IntArrayRef({p}) || sizes == at::IntArrayRef({p, p}) ||
                      sizes == at::IntArrayRef({f, p, p});
    if (!fits)
      fail("rdm: noise: expected a precision [", p, "], [", p, ", ", p, "] or [", f, ", ", p, ", ", p,
           "], one for each fold, got ", sizes);
  }
  at::Tensor sums = folds.sums;
  const at::Tensor counts = folds.counts;
  // Against cancellation, where it changes nothing: all means lose the same pattern.
  if (counts.eq(counts[0][0]).all().item<bool>()) sums = sums - sums.mean(at::IntArrayRef{0, 1}, /*keepdim=*/true);
  const at::Tensor products = precision && precision->dim() == 3 ? across_folds_each(sums, *precision)
                                                                 : across_folds(sums, precision);
  return distances_of_products(products / across_folds(counts.unsqueeze(2), std::nullopt),
                               static_cast<double>(p));
}

at::Tensor poisson_crossvalidated(const Folds& folds, double prior_rate, double prior_weight) {
  const c10::NoGradGuard no_grad;
  check_folds(folds, "poisson_cv");
  const at::Tensor total = folds.sums.sum(0), counted = folds.counts.sum(0).unsqueeze(1);
  std::vector<at::Tensor> each;
  for (std::int64_t f = 0; f < folds.sums.size(0); ++f) {
    interrupt::check();
    const at::Tensor count = folds.counts[f].unsqueeze(1);
    const at::Tensor outside = poisson_rates((total - folds.sums[f]) / (counted - count), prior_rate, prior_weight),
                     inside = poisson_rates(folds.sums[f] / count, prior_rate, prior_weight);
    each.push_back(distances_of_products(outside.matmul(inside.log().t()), static_cast<double>(total.size(1))));
  }
  return at::stack(each).nanmean(0);
}

}  // namespace brain::rsa
