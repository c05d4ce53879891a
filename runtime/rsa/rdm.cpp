#include "rsa/rdm.h"

#include <c10/core/GradMode.h>
#include <algorithm>
#include <limits>
#include <vector>

#include "core/error.h"
#include "linalg/gram.h"
#include "rsa/pairs.h"

namespace brain::rsa {

namespace {

at::Tensor manhattan(const at::Tensor& x) {
  at::Tensor sums = at::zeros({pairs_of(x.size(0))}, x.options().dtype(at::kDouble));
  linalg::each_block(x, [&](const at::Tensor& block) { sums += at::pdist(block, 1); });
  return sums;
}

at::Tensor mahalanobis(const at::Tensor& x, const at::Tensor& precision) {
  const std::int64_t p = x.size(1);
  if (!precision.defined())
    fail("rdm: mahalanobis: expected noise, the precision [", p, ", ", p, "] of the features");
  const bool diagonal = precision.dim() == 1;
  if (precision.dim() == 0 || precision.size(0) != p || (!diagonal && (precision.dim() != 2 || precision.size(1) != p)))
    fail("rdm: noise: expected a precision [", p, ", ", p, "] or [", p, "], got ", precision.sizes());
  const at::Tensor weights = precision.to(x.device(), at::kDouble), all = x.to(at::kDouble);
  const at::Tensor centred = all - all.mean(0, /*keepdim=*/true);
  const at::Tensor weighted = diagonal ? centred * weights : centred.matmul(weights);
  return distances_of_products(weighted.matmul(centred.t()), static_cast<double>(p));
}

at::Tensor poisson(const at::Tensor& x, const RdmOptions& options) {
  at::Tensor products = at::zeros({x.size(0), x.size(0)}, x.options().dtype(at::kDouble));
  linalg::each_block(x, [&](const at::Tensor& block) {
    const at::Tensor rates = poisson_rates(block, options.prior_rate, options.prior_weight);
    products.addmm_(rates, rates.log().t());
  });
  return distances_of_products(products, static_cast<double>(x.size(1)));
}

// Dissimilarities of one set of patterns [n, p].
at::Tensor distances(const at::Tensor& x, Distance distance, const RdmOptions& options) {
  if (distance == Distance::manhattan) return manhattan(x);
  if (distance == Distance::mahalanobis) return mahalanobis(x, options.precision);
  if (distance == Distance::poisson) return poisson(x, options);
  return rdm_of_products(products_of(x, distance), distance);
}

}  // namespace

Products products_of(const at::Tensor& x, Distance distance) {
  const c10::NoGradGuard no_grad;
  const bool correlation = distance == Distance::correlation;
  const at::Tensor means = correlation ? linalg::row_means(x) : at::Tensor();
  const auto centring = correlation                    ? linalg::Centring::rows
                        : distance == Distance::cosine ? linalg::Centring::none
                                                       : linalg::Centring::columns;
  return {linalg::gram(x, centring, means), means, x.size(1)};
}

Products joined(const Products& a, const Products& b) {
  const c10::NoGradGuard no_grad;
  const std::int64_t features = a.features + b.features;
  if (!a.means.defined()) return {a.gram + b.gram, {}, features};
  const at::Tensor apart = b.means - a.means;
  const double share = static_cast<double>(b.features) / static_cast<double>(features);
  return {a.gram + b.gram + apart.mm(apart.t()) * (share * static_cast<double>(a.features)), a.means + apart * share, features};
}

at::Tensor rdm_of_products(const Products& products, Distance distance) {
  const c10::NoGradGuard no_grad;
  const std::int64_t n = products.gram.size(0);
  const auto p = static_cast<double>(products.features);
  const bool correlation = distance == Distance::correlation, cosine = distance == Distance::cosine;
  const at::Tensor places = upper_triangle_places(n, products.gram.device());
  const at::Tensor i = places.div(n, "floor"), j = places.remainder(n);
  const at::Tensor between = products.gram.flatten().index_select(0, j * n + i), squares = products.gram.diagonal();
  if (correlation || cosine) {
    // What centring leaves of a constant row is rounding, not variance.
    const at::Tensor floor =
        correlation ? (products.means.squeeze(1) * 1e-13).square() * p : at::zeros_like(squares);
    const at::Tensor norm =
        at::where(squares > floor, squares, std::numeric_limits<double>::quiet_NaN()).sqrt();
    return 1 - (between / norm.index_select(0, i) / norm.index_select(0, j)).clamp(-1, 1);
  }
  const at::Tensor squared =
      (squares.index_select(0, i) + squares.index_select(0, j) - 2 * between).clamp_min(0);
  if (distance == Distance::euclidean) return squared.sqrt();
  return distance == Distance::sqeuclidean ? squared : squared / p;
}

Distance distance_of(const std::string& name) {
  const std::vector<std::string> names{"correlation",      "cosine",    "euclidean",   "sqeuclidean",
                                       "sqeuclidean_mean", "manhattan", "mahalanobis", "poisson"};
  const auto place = std::find(names.begin(), names.end(), name);
  if (place == names.end())
    fail(
        "rdm: distance: expected correlation, cosine, euclidean, sqeuclidean, sqeuclidean_mean, manhattan, "
        "mahalanobis, crossnobis, poisson, poisson_cv or a function, got '",
        name, "'");
  return static_cast<Distance>(place - names.begin());
}

at::Tensor distances_of_products(const at::Tensor& products, double divisor) {
  const at::Tensor squares = products.diagonal();
  const at::Tensor all = squares.unsqueeze(0) + squares.unsqueeze(1) - products - products.t();
  return all.flatten().index_select(0, upper_triangle_places(products.size(0), products.device())) / divisor;
}

at::Tensor poisson_rates(const at::Tensor& counts, double prior_rate, double prior_weight) {
  if (!(prior_rate > 0 && prior_weight > 0))
    fail("rdm: poisson: expected a prior above 0, got rate ", prior_rate, " and weight ", prior_weight);
  if (counts.lt(0).any().item<bool>())
    fail("rdm: poisson: expected counts of at least 0, got ", counts.min().item<double>());
  return (counts + prior_rate * prior_weight) / (1 + prior_weight);
}

at::Tensor rdm(const at::Tensor& x, Distance distance, const RdmOptions& options) {
  if (!at::isFloatingType(x.scalar_type()) && !at::isIntegralType(x.scalar_type(), /*includeBool=*/true))
    fail("rdm: expected real numbers, got ", x.scalar_type());
  if (x.dim() < 2 || x.dim() > 3 || x.size(-2) < 2 || x.size(-1) < 1)
    fail(
        "rdm: expected patterns [conditions, features] or [k, conditions, features] of at least 2 "
        "conditions, got ",
        x.sizes());
  const c10::NoGradGuard no_grad;
  if (x.dim() == 2) return distances(x, distance, options);
  at::Tensor all = at::empty({x.size(0), pairs_of(x.size(1))}, x.options().dtype(at::kDouble));
  for (std::int64_t k = 0; k < x.size(0); ++k)
    all[k].copy_(distances(x[k], distance, options));
  return all;
}

}  // namespace brain::rsa
