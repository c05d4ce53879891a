#include "losses/similarity.h"

#include <algorithm>

#include "core/error.h"
#include "losses/unit.h"

namespace brain {

namespace {

at::Tensor centred(const at::Tensor& x, std::int64_t dim) { return x - x.mean(dim, /*keepdim=*/true); }

at::Tensor upper_triangle(const at::Tensor& matrix) {
  const at::Tensor place =
      at::triu_indices(matrix.size(0), matrix.size(0), 1, matrix.options().dtype(at::kLong));
  return matrix.flatten().index_select(0, place.select(0, 0) * matrix.size(0) + place.select(0, 1));
}

// HSIC without bias, up to the factor that cancels in CKA; k and l are Gram matrices with zero diagonals.
at::Tensor unbiased_hsic(const at::Tensor& k, const at::Tensor& l) {
  const auto n = static_cast<double>(k.size(0));
  return (k * l).sum() + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * k.sum(0).dot(l.sum(0));
}

at::Tensor hollow_gram(const at::Tensor& x) {
  const at::Tensor gram = x.matmul(x.t());
  return gram - gram.diagonal().diag();
}

}  // namespace

at::Tensor condensed_distances(const at::Tensor& x, RdmDistance distance) {
  if (distance == RdmDistance::correlation || distance == RdmDistance::cosine) {
    const at::Tensor rows = distance == RdmDistance::correlation ? centred_unit(x, 1) : unit(x, 1);
    return 1 - upper_triangle(rows.matmul(rows.t()));
  }
  const at::Tensor shifted = centred(x, 0);  // the same distances, with less cancellation
  const at::Tensor gram = shifted.matmul(shifted.t()), squares = gram.diagonal();
  const at::Tensor squared =
      upper_triangle(squares.unsqueeze(0) + squares.unsqueeze(1) - 2 * gram).clamp_min(0);
  return distance == RdmDistance::sqeuclidean ? squared : squared.clamp_min(1e-24).sqrt();
}

at::Tensor rdm_alignment(const at::Tensor& x, const at::Tensor& target, RdmDistance distance,
                         RdmComparison comparison) {
  if (x.dim() != 2) fail("rdm: expected features [N, D], got ", x.sizes());
  const std::int64_t n = x.size(0), pairs = n * (n - 1) / 2;
  const bool matrix = target.dim() == 2 && target.size(0) == n && target.size(1) == n;
  if (!matrix && !(target.dim() == 1 && target.size(0) == pairs))
    fail("rdm: expected a target of shape [", n, ", ", n, "] or [", pairs, "], got ", target.sizes());
  const at::Tensor a = condensed_distances(x, distance), b = matrix ? upper_triangle(target) : target;
  if (comparison == RdmComparison::mse) return at::mse_loss(a, b);
  const auto factor = comparison == RdmComparison::pearson ? centred_unit : unit;
  return 1 - factor(a, 0).dot(factor(b, 0));
}

at::Tensor cka(const at::Tensor& x, const at::Tensor& y, bool unbiased) {
  if (x.dim() != 2 || y.dim() != 2 || x.size(0) != y.size(0))
    fail("cka: expected [N, P] and [N, Q], got ", x.sizes(), " and ", y.sizes());
  if (unbiased) {
    if (x.size(0) < 4) fail("cka: unbiased: expected at least 4 samples, got ", x.size(0));
    const at::Tensor k = hollow_gram(x), l = hollow_gram(y);
    return 1 - unbiased_hsic(k, l) / (unbiased_hsic(k, k) * unbiased_hsic(l, l)).sqrt();
  }
  const at::Tensor a = centred(x, 0), b = centred(y, 0);
  // |A'B|^2 = <AA', BB'>: the smaller products.
  if (std::max(a.size(1), b.size(1)) <= a.size(0))
    return 1 - a.t().matmul(b).square().sum() / (a.t().matmul(a).norm() * b.t().matmul(b).norm());
  const at::Tensor k = a.matmul(a.t()), l = b.matmul(b.t());
  return 1 - (k * l).sum() / (k.norm() * l.norm());
}

}  // namespace brain
