#include "linalg/pls.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "linalg/leading_eigenvector.h"

namespace brain::linalg {

namespace {

constexpr std::int64_t kGramSide = 1024;  // up to which products of the smaller side are made once for each component

at::Tensor checked(const at::Tensor& x, const char* name) {
  if (x.dim() != 2 || at::isComplexType(x.scalar_type()))
    fail("pls: ", name, ": expected real numbers [samples, columns], got ", x.scalar_type(), " ",
         x.sizes());
  const at::Tensor all = x.detach().to(at::kDouble);
  if (!at::isfinite(all).all().item<bool>()) fail("pls: ", name, " holds NaN or infinite numbers");
  return all;
}

at::Tensor spread(const at::Tensor& centred) {
  const at::Tensor deviation = (centred.square().sum(0) / static_cast<double>(centred.size(0) - 1)).sqrt();
  return at::where(deviation > 0, deviation, 1.0);
}

// The leading left singular vector of s [p, m], or nothing where s is 0.
at::Tensor leading_weight(const at::Tensor& s) {
  const bool wide = s.size(1) > s.size(0);
  const at::Tensor a = wide ? s.t() : s;  // the smaller side last
  const at::Tensor gram = a.size(1) <= kGramSide ? a.t().mm(a) : at::Tensor();
  const at::Tensor squares = gram.defined() ? gram.diagonal() : a.square().sum(0);
  if (!(squares.max().item<double>() > 0)) return {};
  // A start that no eigenvector of interest is orthogonal to: the longest column's products.
  const auto longest = squares.argmax().item<std::int64_t>();
  const at::Tensor start = gram.defined() ? gram[longest] : a.t().mv(a.select(1, longest));
  const auto pair = leading_eigenvector(
      [&](const at::Tensor& v) { return gram.defined() ? gram.mv(v) : a.t().mv(a.mv(v)); }, start);
  if (!(pair.value > 0)) return {};
  const at::Tensor w = wide ? pair.vector : a.mv(pair.vector);
  return w / w.norm();
}

}  // namespace

PartialLeastSquares partial_least_squares(const at::Tensor& given_x, const at::Tensor& given_y, std::int64_t components,
                                          bool scale) {
  const c10::NoGradGuard no_grad;
  const at::Tensor x0 = checked(given_x, "x"), y0 = checked(given_y, "y");
  const std::int64_t n = x0.size(0), p = x0.size(1), m = y0.size(1);
  if (y0.size(0) != n || n < 2 || p < 1 || m < 1)
    fail("pls: expected x [samples, features] and y [samples, targets] of the same samples, at least 2, got ", x0.sizes(),
         " and ", y0.sizes());
  if (components < 1 || components > std::min(n - 1, p))
    fail("pls: components: expected 1 to ", std::min(n - 1, p), " for ", n, " samples of ", p, " features, got ", components);
  const at::Tensor x_mean = x0.mean(0), y_mean = y0.mean(0);
  at::Tensor x = x0 - x_mean, y = y0 - y_mean, x_scale, y_scale;
  if (scale) {
    x_scale = spread(x), y_scale = spread(y);
    x = x / x_scale, y = y / y_scale;
  }
  at::Tensor s = x.t().mm(y);
  const double first = s.norm().item<double>();
  std::vector<at::Tensor> weights, loadings, rotations, y_loadings;
  for (std::int64_t k = 0; k < components; ++k) {
    interrupt::check();
    if (!(s.norm().item<double>() > 1e-13 * first)) break;
    const at::Tensor w = leading_weight(s);
    if (!w.defined()) break;
    at::Tensor r = w;
    if (k > 0) {  // so that scores are orthogonal to those before
      const at::Tensor before = at::stack(rotations), products = at::stack(loadings).mv(w);
      r = w - before.t().mv(products);
    }
    const at::Tensor t = x.mv(r), square = t.dot(t);
    const at::Tensor loading = x.t().mv(t) / square, y_loading = s.t().mv(r) / square;
    s = s.addr(loading * square, y_loading, 1, -1);
    weights.push_back(w), rotations.push_back(r), loadings.push_back(loading), y_loadings.push_back(y_loading);
  }
  if (weights.empty()) fail("pls: y does not vary with x");
  PartialLeastSquares result;
  result.weights = at::stack(weights, 1), result.loadings = at::stack(loadings, 1);
  result.rotations = at::stack(rotations, 1), result.y_loadings = at::stack(y_loadings, 1);
  result.coefficients = result.rotations.mm(result.y_loadings.t());
  if (scale) result.coefficients = result.coefficients * y_scale / x_scale.unsqueeze(1);
  result.intercept = y_mean - x_mean.matmul(result.coefficients);
  return result;
}

}  // namespace brain::linalg
