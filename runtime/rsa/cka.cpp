#include "rsa/cka.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "linalg/gram.h"
#include "rsa/pairs.h"

namespace brain::rsa {

namespace {

double sum_of_products(const at::Tensor& a, const at::Tensor& b) { return a.flatten().dot(b.flatten()).item<double>(); }

at::Tensor without_diagonal(const at::Tensor& k) {
  at::Tensor copy = k.clone();
  copy.diagonal().zero_();
  return copy;
}

// What a product needs of a kernel, prepared once for the three of CKA.
struct Centred {
  at::Tensor matrix, sums;
  double total = 0;
  Centred(const at::Tensor& k, bool unbiased) : matrix(unbiased ? without_diagonal(k) : k) {
    sums = matrix.sum(1);
    total = sums.sum().item<double>();
  }
};

double product(const Centred& k, const Centred& l, bool unbiased) {
  const auto n = static_cast<double>(k.matrix.size(0));
  const double direct = sum_of_products(k.matrix, l.matrix), rows = sum_of_products(k.sums, l.sums),
               totals = k.total * l.total;
  if (!unbiased) return direct - 2 * rows / n + totals / (n * n);
  return (direct + totals / ((n - 1) * (n - 2)) - 2 * rows / (n - 2)) / (n * (n - 3));
}

}  // namespace

at::Tensor kernel(const at::Tensor& x, const CkaOptions& options) {
  const at::Tensor gram = linalg::gram(x, linalg::Centring::columns);
  if (options.kernel == Kernel::linear) return gram;
  const at::Tensor squares = gram.diagonal();
  at::Tensor d = (squares.unsqueeze(0) + squares.unsqueeze(1) - 2 * gram).clamp_min(0);
  d.diagonal().zero_();
  double variance = options.sigma * options.sigma;
  if (options.sigma == 0) {
    // The mean of the two middle ones where their number is even.
    const at::Tensor sorted =
        std::get<0>(d.flatten().index_select(0, upper_triangle_places(x.size(0), x.device())).sort());
    const std::int64_t count = sorted.size(0);
    variance = sorted.slice(0, (count - 1) / 2, count / 2 + 1).mean().item<double>();
  }
  return (d / (-2 * variance)).exp();
}

double hsic(const at::Tensor& k, const at::Tensor& l, bool unbiased) {
  return product({k, unbiased}, {l, unbiased}, unbiased);
}

double cka(const at::Tensor& x, const at::Tensor& y, const CkaOptions& options) {
  const c10::NoGradGuard no_grad;
  for (const auto& t : {x, y}) {
    if (t.dim() != 2 || !(at::isFloatingType(t.scalar_type()) || at::isIntegralType(t.scalar_type(), true)))
      fail("cka: expected real numbers [stimuli, features], got ", t.scalar_type(), " ", t.sizes());
  }
  const std::int64_t n = x.size(0), least = options.unbiased ? 4 : 2;
  const std::int64_t batch = options.batch == 0 ? n : options.batch;
  if (y.size(0) != n) fail("cka: expected as many stimuli, got ", n, " and ", y.size(0));
  if (batch < least || n < batch)
    fail("cka: expected at least ", least, " stimuli", options.batch ? " in a minibatch" : "", ", got ",
         options.batch ? std::min(batch, n) : n);
  if (!(options.sigma >= 0)) fail("cka: sigma: expected a number above 0, got ", options.sigma);
  double both = 0, own_x = 0, own_y = 0;
  for (std::int64_t first = 0; first + batch <= n; first += batch) {
    const Centred k(kernel(x.slice(0, first, first + batch), options), options.unbiased),
        l(kernel(y.slice(0, first, first + batch), options), options.unbiased);
    both += product(k, l, options.unbiased);
    own_x += product(k, k, options.unbiased);
    own_y += product(l, l, options.unbiased);
  }
  return own_x > 0 && own_y > 0 ? both / std::sqrt(own_x * own_y) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace brain::rsa
