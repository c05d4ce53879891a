// Partial least squares against NIPALS as it is written down: one component after another, taken off x and y.
#include "linalg/pls.h"

#include <catch2/catch.hpp>

#include "numbers.h"

using namespace brain;

namespace {

at::Tensor nipals(at::Tensor x, at::Tensor y, int components) {
  std::vector<at::Tensor> w, p, q;
  x = x - x.mean(0), y = y - y.mean(0);
  for (int k = 0; k < components; ++k) {
    const at::Tensor weight = std::get<0>(at::linalg_svd(x.t().mm(y), false)).select(1, 0), t = x.mv(weight);
    w.push_back(weight), p.push_back(x.t().mv(t) / t.dot(t)), q.push_back(y.t().mv(t) / t.dot(t));
    x = x - at::outer(t, p.back()), y = y - at::outer(t, q.back());
  }
  const at::Tensor weights = at::stack(w, 1);
  return weights.mm(at::linalg_inv(at::stack(p, 1).t().mm(weights))).mm(at::stack(q, 1).t());
}

}  // namespace

TEST_CASE("PLS coefficients are those of NIPALS") {
  // more features than samples, more samples than features, more targets than features, one target
  for (const auto& [n, p, m] : {std::tuple{40, 90, 12}, {80, 20, 7}, {60, 15, 50}, {50, 30, 1}}) {
    const at::Tensor x = normals({n, p}, 1) + 3, mixing = normals({p, m}, 2), y = x.mm(mixing) + 4 * normals({n, m}, 3) - 7;
    const auto fit = linalg::partial_least_squares(x, y, 6, false);
    // Leading singular values are known to 1e-13, vectors to that over the gap between values.
    CHECK(near(fit.coefficients, nipals(x, y, 6), 1e-7, 1e-9));
    const at::Tensor scores = (x - x.mean(0)).mm(fit.rotations), products = scores.t().mm(scores);
    CHECK(near(products, at::diag(products.diagonal()), 0, 1e-9 * products.max().item<double>()));
    CHECK(near((fit.intercept + x.mm(fit.coefficients)).mean(0), y.mean(0), 1e-10, 1e-10));
    const at::Tensor size = x.std(0);
    CHECK(near(linalg::partial_least_squares(x, y, 4, true).coefficients,
               nipals(x / size, y / y.std(0), 4) * y.std(0) / size.unsqueeze(1), 1e-7, 1e-9));
  }
}

TEST_CASE("PLS stops where x'y has no more, and refuses") {
  const at::Tensor x = normals({20, 5}), y = x.slice(1, 0, 1) * 2;
  const at::Tensor twice = at::cat({x, x}, 1);
  CHECK(linalg::partial_least_squares(twice, y, 9, false).weights.size(1) <= 6);
  CHECK_THROWS_WITH(linalg::partial_least_squares(x, y, 6, false), Catch::Contains("expected 1 to 5 for 20 samples"));
  CHECK_THROWS_WITH(linalg::partial_least_squares(x, at::ones({20, 1}, at::kDouble), 2, false),
                    Catch::Contains("y does not vary with x"));
  CHECK_THROWS_WITH(linalg::partial_least_squares(x * std::nan(""), y, 2, false), Catch::Contains("x holds NaN"));
}
