#include "rsa/whitened.h"

#include <c10/core/GradMode.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "rsa/pairs.h"

namespace brain::rsa {

namespace {

// Fills the missing pairs (places in the condensed vector) of x, which holds 0 there. The whitened length is
// x' P x with P_(ij)(kl) = (Q_ik Q_jl + Q_il Q_jk) / 2 up to a factor and Q = W' W, so that P x is half Q X Q
// read at the pairs, and the pairs m that make it smallest solve P_mm x_m = -(P x)_m.
at::Tensor filled(const at::Tensor& x, const at::Tensor& missing, const at::Tensor& q) {
  const std::int64_t n = q.size(0);
  const at::Tensor places = upper_triangle_places(n, x.device()).index_select(0, missing);
  const at::Tensor i = places.div(n, "floor"), j = places.remainder(n);
  const auto part = [&](const at::Tensor& rows, const at::Tensor& columns) {
    return q.index_select(0, rows).index_select(1, columns);
  };
  const at::Tensor curvature = (part(i, i) * part(j, j) + part(i, j) * part(j, i)) / 2;
  const at::Tensor pull = q.matmul(rsa::square(x)).matmul(q).view({x.size(0), n * n}).index_select(1, places) / 2;
  const auto [factor, info] = at::linalg_cholesky_ex(curvature);
  if (info.item<std::int64_t>() != 0)
    fail("compare: too few pairs are there for a whitened comparison: ", missing.numel(), " of ", x.size(1),
         " are missing");
  return x.index_add(1, missing, -at::cholesky_solve(pull.t(), factor).t());
}

}  // namespace

at::Tensor pattern_covariance(const std::optional<at::Tensor>& sigma, std::int64_t n,
                              at::TensorOptions options) {
  if (!sigma) return at::eye(n, options);
  const at::Tensor given = sigma->to(options.device(), at::kDouble);
  if (given.sizes() != at::IntArrayRef({n}) && given.sizes() != at::IntArrayRef({n, n}))
    fail("compare: sigma: expected [", n, "] or [", n, ", ", n, "], got ", given.sizes());
  const at::Tensor matrix = given.dim() == 1 ? at::diag(given) : given;
  if (!at::allclose(matrix, matrix.t(), 1e-8, 1e-12)) fail("compare: sigma: expected a symmetric matrix");
  return matrix;
}

std::vector<at::Tensor> whiten(const std::vector<at::Tensor>& sets, bool centre,
                               const std::optional<at::Tensor>& sigma) {
  const c10::NoGradGuard no_grad;
  interrupt::check();
  const std::int64_t pairs = sets[0].size(1), n = conditions_of(pairs);
  const auto [factor, info] = at::linalg_cholesky_ex(pattern_covariance(sigma, n, sets[0].options()));
  if (info.item<std::int64_t>() != 0) fail("compare: sigma: expected a positive definite matrix");
  const at::Tensor inverse = at::linalg_solve_triangular(factor, at::eye(n, sets[0].options()), /*upper=*/false);
  const at::Tensor columns = inverse.sum(1);  // L^-1 1
  const at::Tensor w = inverse - at::outer(columns, columns.matmul(inverse)) / columns.dot(columns);
  at::Tensor lost = at::zeros({pairs}, sets[0].options().dtype(at::kBool));
  for (const auto& set : sets)
    lost = lost | set.isnan().any(0);
  const at::Tensor missing = at::nonzero(lost).flatten();
  std::vector<at::Tensor> whitened;
  for (const auto& set : sets) {
    at::Tensor x = set.masked_fill(lost, 0);
    if (centre) {
      const double kept = static_cast<double>(pairs - missing.numel());
      x = (x - x.sum(1, /*keepdim=*/true) / kept).masked_fill(lost, 0);
    }
    if (missing.numel() > 0) x = filled(x, missing, w.t().matmul(w));
    whitened.push_back(w.matmul(rsa::square(x)).matmul(w.t()).view({x.size(0), n * n}));
  }
  return whitened;
}

}  // namespace brain::rsa
