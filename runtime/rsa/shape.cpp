#include "rsa/shape.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "linalg/gram.h"

namespace brain::rsa {

namespace {

struct Directions {
  at::Tensor left, sizes;  // [n, rank], [rank]
};

// Left singular vectors and values of x without column means; of the Gram matrix where features outnumber stimuli.
Directions directions(const at::Tensor& x, const char* function) {
  const bool real = at::isFloatingType(x.scalar_type()) || at::isIntegralType(x.scalar_type(), /*includeBool=*/true);
  if (x.dim() != 2 || x.size(0) < 2 || !real)
    fail(function, ": expected real numbers [stimuli, features] of at least 2 stimuli, got ", x.scalar_type(), " ",
         x.sizes());
  if (!at::isfinite(x).all().item<bool>()) fail(function, ": expected finite numbers, got NaN or infinite ones");
  at::Tensor left, sizes;
  if (x.size(1) > x.size(0)) {
    auto [values, vectors] = at::linalg_eigh(linalg::gram(x, linalg::Centring::columns));
    left = vectors, sizes = values.clamp_min(0).sqrt();
  } else {
    const at::Tensor all = x.to(at::kDouble);
    auto [u, s, v] = at::linalg_svd(all - all.mean(0, true), /*full_matrices=*/false);
    left = u, sizes = s;
  }
  // Centring leaves one direction of rounding; the root of a Gram matrix's rounding is 1e-8 of its largest.
  const double least = (x.size(1) > x.size(0) ? 1e-7 : 1e-12) * sizes.max().item<double>();
  const at::Tensor kept = at::nonzero(sizes > least).flatten();
  if (kept.numel() == 0) fail(function, ": expected stimuli that differ, got equal ones");
  return {left.index_select(1, kept), sizes.index_select(0, kept)};
}

void check_stimuli(const at::Tensor& x, const at::Tensor& y, const char* function) {
  if (x.dim() == 2 && y.dim() == 2 && x.size(0) != y.size(0))
    fail(function, ": expected as many stimuli, got ", x.size(0), " and ", y.size(0));
}

}  // namespace

ShapeDistance shape_distance(const at::Tensor& x, const at::Tensor& y, double alpha) {
  const c10::NoGradGuard no_grad;
  check_stimuli(x, y, "procrustes");
  if (!(alpha >= 0 && alpha <= 1)) fail("procrustes: alpha: expected 0 to 1, got ", alpha);
  const auto shape = [&](const at::Tensor& t) {
    const Directions d = directions(t, "procrustes");
    return d.left * (alpha * d.sizes + (1 - alpha));
  };
  const at::Tensor a = shape(x), b = shape(y);
  const double nuclear = at::linalg_svdvals(a.t().matmul(b)).sum().item<double>(), size_a = a.norm().item<double>(),
               size_b = b.norm().item<double>();
  return {std::acos(std::clamp(nuclear / (size_a * size_b), -1.0, 1.0)),
          std::sqrt(std::max(0.0, size_a * size_a + size_b * size_b - 2 * nuclear))};
}

at::Tensor canonical_correlations(const at::Tensor& x, const at::Tensor& y) {
  const c10::NoGradGuard no_grad;
  check_stimuli(x, y, "cca");
  const at::Tensor a = directions(x, "cca").left, b = directions(y, "cca").left;
  if (a.size(1) + b.size(1) > x.size(0) - 1)
    fail("cca: expected fewer dimensions than stimuli, got ", a.size(1), " + ", b.size(1), " of ", x.size(0),
         " stimuli: correlations of 1 would mean nothing; reduce the features first, or use procrustes");
  return at::linalg_svdvals(a.t().matmul(b)).clamp_max(1);
}

}  // namespace brain::rsa
