#include "rsa/rdm_missing.h"

#include <c10/core/GradMode.h>

#include <limits>

#include "core/error.h"
#include "linalg/gram.h"
#include "rsa/pairs.h"

namespace brain::rsa {

at::Tensor rdm_pairwise(const at::Tensor& x, Distance distance) {
  const c10::NoGradGuard no_grad;
  if (distance == Distance::manhattan || distance == Distance::mahalanobis || distance == Distance::poisson)
    fail("rdm: missing = 'pairwise': expected distance correlation, cosine, euclidean, sqeuclidean or sqeuclidean_mean");
  if (!at::isFloatingType(x.scalar_type())) return rdm(x, distance);  // integers are all there
  if (x.dim() != 2 || x.size(0) < 2)
    fail("rdm: missing = 'pairwise': expected patterns [conditions, features], got ", x.sizes());
  const std::int64_t n = x.size(0);
  const bool correlation = distance == Distance::correlation, cosine = distance == Distance::cosine;
  const auto zeros = [&] { return at::zeros({n, n}, x.options().dtype(at::kDouble)); };
  // Of pairs (i, j): features both have, sums of i over them, of squares of i, of products.
  at::Tensor common = zeros(), sums = zeros(), squares = zeros(), products = zeros();
  // Against cancellation: what these methods do not see is taken off first.
  const at::Tensor mean = correlation ? at::nanmean(x.to(at::kDouble), 1, /*keepdim=*/true) : at::Tensor();
  linalg::each_block(x, [&](at::Tensor block) {
    if (correlation) block = block - mean;
    else if (!cosine) block = block - block.nanmean(0, /*keepdim=*/true);
    const at::Tensor there = block.isnan().logical_not().to(at::kDouble), values = block.nan_to_num(0);
    common.addmm_(there, there.t());
    squares.addmm_(values.square(), there.t());
    products.addmm_(values, values.t());
    if (correlation) sums.addmm_(values, there.t());
  });
  common = at::where(common > 0, common, std::numeric_limits<double>::quiet_NaN());
  at::Tensor result;
  if (correlation || cosine) {
    const at::Tensor raw = squares;
    if (correlation) {
      products = products - sums * sums.t() / common;
      squares = squares - sums.square() / common;
    }
    squares = at::where(squares > 1e-13 * raw, squares, std::numeric_limits<double>::quiet_NaN());
    result = 1 - (products / squares.sqrt() / squares.t().sqrt()).clamp(-1, 1);
  } else {
    result = (squares + squares.t() - 2 * products).clamp_min(0) / common;
    if (distance != Distance::sqeuclidean_mean) result = result * static_cast<double>(x.size(1));
    if (distance == Distance::euclidean) result = result.sqrt();
  }
  return result.flatten().index_select(0, upper_triangle_places(n, x.device()));
}

}  // namespace brain::rsa
