#include "rsa/rdm.h"

#include <c10/core/GradMode.h>
#include <algorithm>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "rsa/pairs.h"

namespace brain::rsa {

namespace {

constexpr std::int64_t kBlockBytes = std::int64_t{16} << 20;

// Adds x x' to the part of gram on and below the block diagonal, in bands of rows: the upper half is its
// mirror.
void add_products(at::Tensor& gram, const at::Tensor& x) {
  const std::int64_t n = x.size(0), band = std::max<std::int64_t>(64, (n + 7) / 8);
  for (std::int64_t first = 0; first < n; first += band) {
    const std::int64_t last = std::min(first + band, n);
    at::Tensor part = gram.slice(0, first, last).slice(1, 0, last);
    part.addmm_(x.slice(0, first, last), x.slice(0, 0, last).t());
  }
}

// Dissimilarities of one set of patterns [n, p].
at::Tensor distances(const at::Tensor& x, Distance distance) {
  const std::int64_t n = x.size(0), p = x.size(1);
  const bool correlation = distance == Distance::correlation, cosine = distance == Distance::cosine;
  const at::Tensor mean = correlation ? x.mean(1, /*keepdim=*/true, at::kDouble) : at::Tensor();
  at::Tensor gram = at::zeros({n, n}, x.options().dtype(at::kDouble));
  const std::int64_t step = std::max<std::int64_t>(64, kBlockBytes / (8 * n));
  for (std::int64_t first = 0; first < p; first += step) {
    interrupt::check();
    at::Tensor block = x.slice(1, first, std::min(first + step, p)).to(at::kDouble);
    if (correlation) block = block - mean;
    else if (!cosine) block = block - block.mean(0, /*keepdim=*/true);
    add_products(gram, block);
  }
  const at::Tensor places = upper_triangle_places(n, x.device());
  const at::Tensor i = places.div(n, "floor"), j = places.remainder(n);
  const at::Tensor products = gram.flatten().index_select(0, j * n + i), squares = gram.diagonal();
  if (correlation || cosine) {
    // What centring leaves of a constant row is rounding, not variance.
    const at::Tensor floor = correlation ? (mean.squeeze(1) * 1e-13).square() * p : at::zeros_like(squares);
    const at::Tensor norm =
        at::where(squares > floor, squares, std::numeric_limits<double>::quiet_NaN()).sqrt();
    return 1 - (products / norm.index_select(0, i) / norm.index_select(0, j)).clamp(-1, 1);
  }
  const at::Tensor squared =
      (squares.index_select(0, i) + squares.index_select(0, j) - 2 * products).clamp_min(0);
  if (distance == Distance::euclidean) return squared.sqrt();
  return distance == Distance::sqeuclidean ? squared : squared / static_cast<double>(p);
}

}  // namespace

Distance distance_of(const std::string& name) {
  const std::vector<std::string> names{"correlation", "cosine", "euclidean", "sqeuclidean",
                                       "sqeuclidean_mean"};
  const auto place = std::find(names.begin(), names.end(), name);
  if (place == names.end())
    fail("rdm: distance: expected correlation, cosine, euclidean, sqeuclidean or sqeuclidean_mean, got '",
         name, "'");
  return static_cast<Distance>(place - names.begin());
}

at::Tensor rdm(const at::Tensor& x, Distance distance) {
  if (!at::isFloatingType(x.scalar_type()) && !at::isIntegralType(x.scalar_type(), /*includeBool=*/true))
    fail("rdm: expected real numbers, got ", x.scalar_type());
  if (x.dim() < 2 || x.dim() > 3 || x.size(-2) < 2 || x.size(-1) < 1)
    fail(
        "rdm: expected patterns [conditions, features] or [k, conditions, features] of at least 2 "
        "conditions, got ",
        x.sizes());
  const c10::NoGradGuard no_grad;
  if (x.dim() == 2) return distances(x, distance);
  at::Tensor all = at::empty({x.size(0), pairs_of(x.size(1))}, x.options().dtype(at::kDouble));
  for (std::int64_t k = 0; k < x.size(0); ++k)
    all[k].copy_(distances(x[k], distance));
  return all;
}

}  // namespace brain::rsa
