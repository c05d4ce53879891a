#include "stats/covariance.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"

namespace brain::stats {

namespace {

std::int64_t number_of(const at::Tensor& groups) { return groups.max().item<std::int64_t>() + 1; }

// How much of the spread of S around the target is error, between 0 and 1.
double share(double error, double spread) { return spread > 0 ? std::clamp(error / spread, 0.0, 1.0) : 1.0; }

// The sum over rows and entries of the squares of their products (x_i x_j)^2, without the p x p matrix of it:
// sum_rows (sum_i x_i^2)^2.
double sum_of_squared_products(const at::Tensor& x) {
  return x.square().sum(1).square().sum().item<double>();
}

Covariance ledoit_wolf(const at::Tensor& x, const at::Tensor& products, std::int64_t degrees) {
  const auto n = static_cast<double>(x.size(0)), p = static_cast<double>(x.size(1));
  const at::Tensor s = products / n;
  const double squares = s.square().sum().item<double>(), mean = s.trace().item<double>() / p;
  const double spread = squares - p * mean * mean;
  const double weight = share((sum_of_squared_products(x) / n - squares) / n, spread);
  at::Tensor shrunk = s * (1 - weight);
  shrunk.diagonal().add_(weight * mean);
  return {shrunk * (n / static_cast<double>(degrees)), weight, degrees};
}

Covariance schaefer_strimmer(const at::Tensor& x, const at::Tensor& products, std::int64_t degrees) {
  const auto n = static_cast<double>(x.size(0)), d = static_cast<double>(degrees);
  const at::Tensor s = products / d, variance = s.diagonal();
  // Sums over the entries off the diagonal of means of standardised products z_i z_j and of their variance. A
  // constant feature has no correlations: its standardised values are 0.
  const at::Tensor z = at::where(variance > 0, x / variance.sqrt(), 0.0);
  const at::Tensor lengths = z.square();
  const double fourth = lengths.square().sum().item<double>();  // the diagonal
  const at::Tensor mean = z.t().matmul(z) / (n - 1);
  const double squares =
      mean.square().sum().item<double>() - mean.diagonal().square().sum().item<double>();
  const double products_squared = (lengths.sum(1).square().sum().item<double>() - fourth) / (n - 1);
  const double weight = share(n / (d * d) * (products_squared - squares), squares);
  at::Tensor shrunk = s * (1 - weight);
  shrunk.diagonal().copy_(variance);
  return {shrunk, weight, degrees};
}

}  // namespace

CovarianceEstimator covariance_estimator_of(const std::string& name, const char* function) {
  using enum CovarianceEstimator;
  static const std::pair<const char*, CovarianceEstimator> names[] = {
      {"full", full},
      {"diagonal", diagonal},
      {"ledoit_wolf", ledoit_wolf},
      {"schaefer_strimmer", schaefer_strimmer},
      {"diag", diagonal},
      {"shrinkage_eye", ledoit_wolf},
      {"shrinkage_diag", schaefer_strimmer}};
  for (const auto& [known, estimator] : names) {
    if (name == known) return estimator;
  }
  fail(function, ": estimator: expected full, diagonal, ledoit_wolf or schaefer_strimmer, got '", name, "'");
}

at::Tensor without_group_means(const at::Tensor& x, const at::Tensor& groups) {
  const std::int64_t count = number_of(groups);
  at::Tensor sums = at::zeros({count, x.size(1)}, x.options());
  sums.index_add_(0, groups, x);
  const at::Tensor sizes = at::bincount(groups).to(x.scalar_type()).unsqueeze(1);
  return x - (sums / sizes).index_select(0, groups);
}

Covariance covariance(const at::Tensor& given, CovarianceEstimator estimator,
                      const std::optional<at::Tensor>& groups, std::optional<std::int64_t> degrees) {
  const c10::NoGradGuard no_grad;
  if (given.dim() != 2 || given.size(0) < 2 || given.size(1) < 1)
    fail("covariance: expected x [rows, features] of at least 2 rows, got ", given.sizes());
  if (groups && (groups->dim() != 1 || groups->size(0) != given.size(0)))
    fail("covariance: expected a group for each of ", given.size(0), " rows, got ", groups->sizes());
  const at::Tensor all = given.detach().to(at::kDouble);
  if (!at::isfinite(all).all().item<bool>()) fail("covariance: x holds NaN or infinite numbers");
  const std::int64_t own = given.size(0) - (groups ? number_of(*groups) : 1);
  const std::int64_t dof = degrees.value_or(own);
  if (dof < 1)
    fail("covariance: expected rows repeated in each condition, got ", given.size(0), " rows of ",
         given.size(0) - own, " conditions");
  const at::Tensor x =
      groups ? without_group_means(all, groups->to(all.device())) : all - all.mean(0, /*keepdim=*/true);
  interrupt::check();
  if (estimator == CovarianceEstimator::diagonal)
    return {at::diag(x.square().sum(0) / static_cast<double>(dof)), 0, dof};
  const at::Tensor products = x.t().matmul(x);
  if (estimator == CovarianceEstimator::ledoit_wolf) return ledoit_wolf(x, products, dof);
  if (estimator == CovarianceEstimator::schaefer_strimmer) return schaefer_strimmer(x, products, dof);
  return {products / static_cast<double>(dof), 0, dof};
}

at::Tensor precision(const at::Tensor& covariance, const std::string& name) {
  const c10::NoGradGuard no_grad;
  const at::Tensor matrix = covariance.to(at::kDouble);
  if (matrix.dim() < 2 || matrix.size(-1) != matrix.size(-2))
    fail(name, ": expected square matrices [..., n, n], got ", matrix.sizes());
  const auto [factor, info] = at::linalg_cholesky_ex(matrix);
  // Rounding may let a singular matrix pass: its smallest pivot is then tiny beside the variance it is left of.
  const at::Tensor pivots = factor.diagonal(0, -2, -1).square() / matrix.diagonal(0, -2, -1);
  if (info.ne(0).any().item<bool>() || !(pivots.min().item<double>() > 1e-13))
    fail(name, ": the covariance of ", matrix.size(-1),
         " features is not positive definite; shrink it (ledoit_wolf, schaefer_strimmer) or take diagonal");
  return at::cholesky_inverse(factor);
}

}  // namespace brain::stats
