// Weights against least squares, every subset, and a fine grid.
#include "rsa/fitted_model.h"

#include <ATen/ATen.h>  // before Catch2, which has the last word on CHECK

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;
using rsa::Combination;
using rsa::FittedModel;

namespace {

std::vector<double> list(const at::Tensor& x) {
  const at::Tensor c = x.contiguous();
  return {c.const_data_ptr<double>(), c.const_data_ptr<double>() + c.numel()};
}

struct Problem {
  at::Tensor x, y;
  at::Tensor k() const { return x.matmul(x.t()); }
  at::Tensor b() const { return x.matmul(y); }
  std::vector<double> fit(const FittedModel& model) const { return rsa::fit_weights(model, list(k()), list(b())); }
  double cosine(const at::Tensor& w) const {
    const at::Tensor mixture = w.matmul(x);
    return (mixture.dot(y) / (mixture.norm() * y.norm())).item<double>();
  }
};

FittedModel weighted(bool nonnegative = false, double ridge = 0) { return {{}, Combination::weighted, nonnegative, ridge}; }

}  // namespace

TEST_CASE("least squares, ridge and no negative weights") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Problem p{normals({5, 30}, seed), normals({30}, 100 + seed)};
    for (const double ridge : {0.0, 2.5}) {
      const at::Tensor w = at::linalg_solve(p.k() + ridge * at::eye(5, at::kDouble), p.b());
      CHECK(near(at::tensor(p.fit(weighted(false, ridge)), at::kDouble), w / w.norm(), 1e-9, 1e-11));
    }
    // The best of the least squares of every subset whose weights are all positive.
    double best = p.y.square().sum().item<double>();
    at::Tensor expected = at::zeros({5}, at::kDouble);
    for (int set = 1; set < 32; ++set) {
      std::vector<std::int64_t> rows;
      for (int i = 0; i < 5; ++i) {
        if (set >> i & 1) rows.push_back(i);
      }
      const at::Tensor places = at::tensor(rows, at::kLong), x = p.x.index_select(0, places);
      const at::Tensor w = at::linalg_solve(x.matmul(x.t()), x.matmul(p.y));
      if (!w.gt(0).all().item<bool>()) continue;
      if (const double r = (p.y - w.matmul(x)).square().sum().item<double>(); r < best) {
        best = r;
        expected = at::zeros({5}, at::kDouble).index_copy(0, places, w);
      }
    }
    const double length = expected.norm().item<double>();
    if (length > 0) expected = expected / length;
    CHECK(near(at::tensor(p.fit(weighted(true)), at::kDouble), expected, 1e-8, 1e-9));
  }
}

TEST_CASE("repeated RDMs, and data of tiny and huge size, come to an end") {
  Problem p{normals({4, 30}), normals({30}, 2)};
  p.x[3].copy_(p.x[1]);
  CHECK(p.fit(weighted())[3] == 0);
  Problem mixed{normals({3, 30}).abs(), {}};
  mixed.y = 0.3 * mixed.x[0] + 2 * mixed.x[2];
  const at::Tensor expected = at::tensor({0.3, 0.0, 2.0}, at::kDouble);
  for (const double size : {1e-9, 1.0, 1e9}) {
    const Problem scaled{mixed.x * size, mixed.y};
    CHECK(near(at::tensor(scaled.fit(weighted(true)), at::kDouble), expected / expected.norm(), 1e-7, 1e-7));
  }
  const Problem opposed{normals({2, 30}).abs(), -normals({30}).abs()};
  CHECK((opposed.fit(weighted(true)) == std::vector<double>{0, 0}));
}

TEST_CASE("selection and interpolation reach the largest similarity") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem p{normals({4, 30}, seed) + 1, normals({30}, 100 + seed) + 1};
    const auto chosen = p.fit({{}, Combination::select}), mixed = p.fit({{}, Combination::interpolate});
    const double of_chosen = p.cosine(at::tensor(chosen, at::kDouble)), of_mixed = p.cosine(at::tensor(mixed, at::kDouble));
    for (int i = 0; i < 4; ++i) {
      at::Tensor w = at::zeros({4}, at::kDouble);
      for (int step = 0; step <= 50 && i < 3; ++step) {
        w[i] = 1 - step / 50.0, w[i + 1] = step / 50.0;
        CHECK(p.cosine(w) <= of_mixed + 1e-12);
      }
      CHECK(p.cosine(at::eye(4, at::kDouble)[i]) <= of_chosen + 1e-12);
    }
  }
  CHECK(rsa::combination_of("interpolate") == Combination::interpolate);
  CHECK_THROWS_WITH(rsa::combination_of("mixed"), Catch::Contains("expected fixed, select, weighted or interpolate"));
}
