#include "rsa/second_moment.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "rsa/pairs.h"
#include "rsa/whitened.h"

namespace brain::rsa {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Calls f(i, j) for every entry of a [k, m] result, spread over threads.
template <class F>
at::Tensor each_pair(std::int64_t k, std::int64_t m, F f) {
  at::Tensor result = at::empty({k, m}, at::kDouble);
  auto* out = result.mutable_data_ptr<double>();
  at::parallel_for(0, k * m, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    for (std::int64_t place = begin; place < end; ++place) {
      interrupt::check();
      out[place] = f(place / m, place % m);
    }
  });
  return result;
}

// Factors A with A A' = G, without directions of no variance.
std::vector<at::Tensor> factors(const at::Tensor& moments) {
  std::vector<at::Tensor> list;
  for (const at::Tensor& g : moments.unbind(0)) {
    const auto [values, vectors] = at::linalg_eigh(g);
    const at::Tensor kept = at::nonzero(values > 1e-12 * values.max()).flatten();
    list.push_back(vectors.index_select(1, kept) * values.index_select(0, kept).sqrt());
  }
  return list;
}

at::Tensor fidelities(const at::Tensor& a, const at::Tensor& b) {
  const auto x = factors(a), y = factors(b);
  return each_pair(a.size(0), b.size(0), [&](std::int64_t i, std::int64_t j) {
    if (x[i].size(1) == 0 || y[j].size(1) == 0) return 0.0;
    return at::linalg_svdvals(x[i].t().matmul(y[j])).sum().item<double>();
  });
}

at::Tensor traces(const at::Tensor& moments) { return moments.diagonal(0, 1, 2).sum(1); }

// The smallest value of f near x, which is below f(x - step) and f(x + step): golden sections and parabolas
// (Brent 1973, chapter 5).
double smallest(const std::function<double(double)>& f, double x, double fx, double step) {
  constexpr double golden = 0.381966011250105;
  double low = x - step, high = x + step, w = x, v = x, fw = fx, fv = fx, last = 0, move = 0;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2, least = 1e-7 * (std::fabs(x) + 1);
    if (std::fabs(x - middle) <= 2 * least - (high - low) / 2) break;
    double p = 0, q = 0;
    if (std::fabs(last) > least) {
      const double r = (x - w) * (fx - fv);
      q = (x - v) * (fx - fw);
      p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = std::fabs(q);
    }
    const double before = last;
    last = move;
    if (std::fabs(p) < std::fabs(q * before / 2) && p > q * (low - x) && p < q * (high - x)) move = p / q;
    else {
      last = x < middle ? high - x : low - x;
      move = golden * last;
    }
    const double u = x + (std::fabs(move) >= least ? move : std::copysign(least, move)), fu = f(u);
    if (fu <= fx) {
      (u < x ? high : low) = x;
      v = w, fv = fw, w = x, fw = fx, x = u, fx = fu;
    } else {
      (u < x ? low : high) = u;
      if (fu <= fw || w == x) v = w, fv = fw, w = u, fw = fu;
      else if (fu <= fv || v == x || v == w) v = u, fv = fu;
    }
  }
  return fx;
}

// n - 1 differences to the first condition.
at::Tensor contrasts(std::int64_t n) {
  return at::cat({at::full({n - 1, 1}, -1.0, at::kDouble), at::eye(n - 1, at::kDouble)}, 1);
}

// sum_i (log lambda_i - mean)^2: the squared distance at the best scale.
double spread(const at::Tensor& values) {
  const at::Tensor logs = values.log();
  return (logs - logs.mean()).square().sum().item<double>();
}
// Of the eigenvalues of D^-1/2 b D^-1/2, D = diag(g + e^t).
double spread(const at::Tensor& b, const at::Tensor& g, double t) {
  const at::Tensor scale = (g + std::exp(t)).rsqrt();
  return spread(at::linalg_eigvalsh(b * at::outer(scale, scale)));
}

}  // namespace

at::Tensor second_moments(const at::Tensor& rdms) {
  if (rdms.isnan().any().item<bool>()) fail("compare: second moments need every pair, and some are missing (NaN)");
  const at::Tensor d = rsa::square(rdms);
  return -(d - d.mean(1, true) - d.mean(2, true) + d.mean({1, 2}, true)) / 2;
}

at::Tensor bures_similarity(const at::Tensor& a, const at::Tensor& b) {
  const c10::NoGradGuard no_grad;
  const at::Tensor x = second_moments(a.cpu()), y = second_moments(b.cpu());
  return fidelities(x, y) / at::outer(traces(x), traces(y)).sqrt();
}

at::Tensor bures_distance(const at::Tensor& a, const at::Tensor& b) {
  const c10::NoGradGuard no_grad;
  const at::Tensor x = second_moments(a.cpu()), y = second_moments(b.cpu());
  return (traces(x).unsqueeze(1) + traces(y).unsqueeze(0) - 2 * fidelities(x, y)).clamp_min(0);
}

at::Tensor riemannian_distance(const at::Tensor& a, const at::Tensor& b, const std::optional<at::Tensor>& sigma) {
  const c10::NoGradGuard no_grad;
  const std::int64_t n = conditions_of(a.size(1));
  const at::Tensor c = contrasts(n);
  const auto of_contrasts = [&](const at::Tensor& g) { return c.matmul(g).matmul(c.t()); };
  const at::Tensor noise = of_contrasts(pattern_covariance(sigma, n, at::kDouble));
  const auto [factor, info] = at::linalg_cholesky_ex(noise);
  if (info.item<std::int64_t>() != 0) fail("compare: sigma: expected a positive definite matrix");
  const auto whitened = [&](const at::Tensor& g) {
    const at::Tensor half = at::linalg_solve_triangular(factor, of_contrasts(g), false);
    const at::Tensor full = at::linalg_solve_triangular(factor, half.transpose(1, 2), false);
    return (full + full.transpose(1, 2)) / 2;
  };
  const at::Tensor x = whitened(second_moments(a.cpu())), y = whitened(second_moments(b.cpu()));
  // In the basis of a's eigenvectors every mixture s G_a + t Sigma is diagonal.
  const auto [g, basis] = at::linalg_eigh(x);
  return each_pair(a.size(0), b.size(0), [&, &g = g, &basis = basis](std::int64_t i, std::int64_t j) {
    const at::Tensor values = g[i].clamp_min(0), turned = basis[i].t().matmul(y[j]).matmul(basis[i]);
    const at::Tensor own = at::linalg_eigvalsh(turned);
    const double top = values.max().item<double>();
    if (!(own.min().item<double>() > 1e-13 * own.max().item<double>() && top > 0)) return kNaN;
    const auto f = [&](double t) { return spread(turned, values, t); };
    // From almost no noise to almost nothing else, and then nothing else.
    const double bottom = std::max(values.min().item<double>(), 1e-13 * top);
    const double from = std::log(bottom) - 16, to = std::log(top) + 12, step = 2;
    double best = from, least = f(from);
    for (double t = from + step; t <= to; t += step) {
      if (const double value = f(t); value < least) best = t, least = value;
    }
    if (best > from && best + step <= to) least = smallest(f, best, least, step);
    least = std::min(least, spread(own));
    return std::sqrt(least);
  });
}

}  // namespace brain::rsa
