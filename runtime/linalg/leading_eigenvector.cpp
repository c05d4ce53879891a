#include "linalg/leading_eigenvector.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "core/interrupt.h"

namespace brain::linalg {

Eigenpair leading_eigenvector(const std::function<at::Tensor(const at::Tensor&)>& map, const at::Tensor& start,
                              double tolerance) {
  const c10::NoGradGuard no_grad;
  constexpr std::int64_t kSteps = 40, kRounds = 200;
  const std::int64_t steps = std::min(start.size(0), kSteps);
  at::Tensor vector = start / start.norm();
  double value = 0;
  for (std::int64_t round = 0; round < kRounds; ++round) {  // each from the best vector of the one before
    interrupt::check();
    at::Tensor basis = at::empty({steps, start.size(0)}, start.options()), tridiagonal = at::zeros({steps, steps}, start.options());
    std::int64_t size = 0;
    double beta = 0, scale = 0;
    for (at::Tensor next = vector; size < steps && beta >= 0; ++size) {
      basis[size].copy_(next);
      next = map(basis[size]);
      tridiagonal[size][size].copy_(next.dot(basis[size]));
      const at::Tensor known = basis.slice(0, 0, size + 1);
      for (int pass = 0; pass < 2; ++pass)
        next = next - known.t().mv(known.mv(next));
      beta = next.norm().item<double>();
      scale = std::max({scale, beta, std::fabs(tridiagonal[size][size].item<double>())});
      if (beta <= 1e-15 * scale) beta = -1;  // all that the start can reach has been seen
      if (beta < 0 || size + 1 == steps) continue;
      next = next / beta;
      tridiagonal[size][size + 1].fill_(beta), tridiagonal[size + 1][size].fill_(beta);
    }
    const auto [values, vectors] = at::linalg_eigh(tridiagonal.slice(0, 0, size).slice(1, 0, size));
    const at::Tensor best = vectors.select(1, size - 1);
    value = values[size - 1].item<double>();
    if (!(value > 0)) return {0, start};
    vector = basis.slice(0, 0, size).t().mv(best);
    vector = vector / vector.norm();
    if (beta < 0 || beta * std::fabs(best[size - 1].item<double>()) <= tolerance * value) break;
  }
  return {value, vector};
}

}  // namespace brain::linalg
