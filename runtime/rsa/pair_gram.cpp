#include "rsa/pair_gram.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"
#include "rsa/pairs.h"

namespace brain::rsa {

namespace {

constexpr std::int64_t kProductBytes = std::int64_t{64} << 20, kBlockBytes = std::int64_t{32} << 20;

bool centres(Comparison method) { return method == Comparison::pearson || method == Comparison::corr_cov; }

}  // namespace

PairGram::PairGram(const at::Tensor& rdms, Comparison method, std::int64_t draws)
    : method_(method), count_(rdms.size(0)), n_(conditions_of(rdms.size(1))) {
  const c10::NoGradGuard no_grad;
  if (!is_quadratic(method))
    fail("method: expected pearson, cosine, corr_cov or cosine_cov where models are fitted or cross-validated");
  at::Tensor given = rdms.cpu().to(at::kDouble), pairs = at::triu_indices(n_, n_, 1);
  if (std::isnan(given.sum().item<double>())) {  // otherwise none is missing
    const at::Tensor missing = given.isnan().any(0), kept = at::nonzero(missing.logical_not()).flatten();
    if (is_whitened(method))
      fail("evaluate: the whitened methods need every pair, and ", missing.sum().item<std::int64_t>(), " are missing");
    given = given.index_select(1, kept), pairs = pairs.index_select(1, kept);
  }
  first_ = pairs[0], second_ = pairs[1];
  values_ = given;
  // These methods know nothing of the mean: without it no digits are lost in the weighted one. What is left of a
  // constant RDM is rounding. The constant RDM itself comes last.
  if (centres(method)) {
    values_ = at::ones({count_ + 1, given.size(1)}, at::kDouble);
    at::Tensor centred = values_.slice(0, 0, count_);
    at::sub_out(centred, given, given.mean(1, /*keepdim=*/true));
    const at::Tensor constant = centred.norm(2, 1) <= 1e-13 * given.norm(2, 1);
    if (constant.any().item<bool>()) centred.masked_fill_(constant.unsqueeze(1), 0);
  }
  if (is_whitened(method)) squares_ = rsa::square(values_).view({values_.size(0) * n_, n_}).t();
  const std::int64_t k = values_.size(0);
  if (draws < 8 || k * (k + 1) / 2 * values_.size(1) * 8 > kProductBytes) return;
  const at::Tensor a = at::triu_indices(k, k, 0);
  products_ = (values_.index_select(0, a[0]) * values_.index_select(0, a[1])).t().contiguous();
  unique_ = at::zeros({k, k}, at::kLong);
  const at::Tensor number = at::arange(a.size(1), at::kLong);
  unique_.index_put_({a[0], a[1]}, number);
  unique_.index_put_({a[1], a[0]}, number);
  unique_ = unique_.flatten();
}

at::Tensor PairGram::weights(const at::Tensor& counts) const {
  return counts.index_select(1, first_) * counts.index_select(1, second_);
}

PairProducts PairGram::operator()(const at::Tensor& given) const {
  const c10::NoGradGuard no_grad;
  const std::int64_t draws = given.size(0), k = values_.size(0), pairs = std::max<std::int64_t>(1, values_.size(1));
  PairProducts result{at::empty({draws, count_, count_}, at::kDouble), at::empty({draws, count_}, at::kDouble)};
  const std::int64_t step = std::max<std::int64_t>(1, kBlockBytes / (8 * (products_.defined() ? pairs : pairs * k)));
  for (std::int64_t first = 0; first < draws; first += step) {
    interrupt::check();
    const at::Tensor counts = given.slice(0, first, std::min(first + step, draws));
    const std::int64_t rows = counts.size(0);
    const bool whole = rows == 1 && counts.eq(1).all().item<bool>();  // every condition once: no weights
    const at::Tensor w = whole && !products_.defined() ? at::Tensor() : weights(counts);
    at::Tensor gram = products_.defined() ? w.matmul(products_).index_select(1, unique_).view({rows, k, k})
                      : whole               ? values_.matmul(values_.t()).unsqueeze(0)
                                            : (w.unsqueeze(1) * values_).matmul(values_.t());
    const at::Tensor raw = gram.diagonal(0, 1, 2).slice(1, 0, count_);
    at::Tensor squares = raw, mean;
    if (centres(method_)) {  // by the weighted means of the pairs, through the constant RDM
      const at::Tensor sums = gram.slice(1, 0, count_).select(2, count_);
      mean = sums / gram.select(1, count_).slice(1, count_);
      squares = raw - sums * mean;
    }
    const at::Tensor constant_here = squares <= 1e-12 * raw;  // or of zeros: no length, whatever rounding says
    result.sizes.slice(0, first, first + rows).copy_(squares.clamp_min(0).sqrt());
    if (is_whitened(method_)) {
      const at::Tensor total = counts.sum(1, /*keepdim=*/true);
      at::Tensor d = 2 + total - 2 * counts;  // 0 for a condition that is half of all: then nearly
      d = at::where(d == 0, 1e-7, d);
      const at::Tensor share = counts / d;
      const at::Tensor sums = counts.matmul(squares_).view({rows, k, n_});  // of each RDM's rows
      const at::Tensor shared = sums * share.unsqueeze(1), of_all = shared.sum(2);
      gram = (gram - shared.matmul(sums.transpose(1, 2)) +
              of_all.unsqueeze(2) * of_all.unsqueeze(1) / (1 + share.sum(1)).view({rows, 1, 1})) /
             2;
    }
    if (centres(method_)) {
      const at::Tensor last = gram.slice(2, count_), own = last.slice(1, count_);
      const at::Tensor column = last.slice(1, 0, count_), outer = mean.unsqueeze(2) * column.transpose(1, 2);
      gram = gram.slice(1, 0, count_).slice(2, 0, count_) - outer - outer.transpose(1, 2) +
             mean.unsqueeze(2) * mean.unsqueeze(1) * own;
    }
    result.products.slice(0, first, first + rows).copy_(gram);
    result.products.slice(0, first, first + rows).diagonal(0, 1, 2).masked_fill_(constant_here, 0);
  }
  return result;
}

}  // namespace brain::rsa
