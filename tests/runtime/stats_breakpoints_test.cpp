// Piecewise-linear fits against every fit by least squares, and lines that are known.
#include "stats/breakpoints.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

double residual(const at::Tensor& x, const at::Tensor& y, const std::vector<double>& breaks) {
  std::vector<at::Tensor> columns{at::ones_like(x), x};
  for (const double b : breaks)
    columns.push_back((x - b).clamp_min(0));
  const at::Tensor design = at::stack(columns, 1);
  return (y - design.matmul(at::linalg_pinv(design).matmul(y))).square().sum().item<double>();
}

}  // namespace

TEST_CASE("no other choice of breaks has a smaller residual") {
  const at::Tensor x = at::arange(1, 19, at::kDouble) * 10 + 1000, y = normals({18});
  const auto value = [&](int k) { return x[k].item<double>(); };
  for (int breaks = 1; breaks <= 3; ++breaks) {
    const auto got = stats::breakpoints(x, y, breaks);
    double best = 1e300;
    std::vector<double> where;
    const auto consider = [&](std::vector<double> list) {
      if (const double r = residual(x, y, list); r < best) best = r, where = list;
    };
    for (int i = 1; i < 17; ++i) {
      if (breaks == 1) consider({value(i)});
      for (int j = i + 1; breaks > 1 && j < 17; ++j) {
        if (breaks == 2) consider({value(i), value(j)});
        for (int k = j + 1; breaks > 2 && k < 17; ++k)
          consider({value(i), value(j), value(k)});
      }
    }
    CHECK(got.breaks == where);
    CHECK(got.residual == Approx(best).epsilon(1e-8));
  }
}

TEST_CASE("a bent line is found, in any order and with equal x") {
  const at::Tensor x = at::tensor({5.0, 1.0, 9.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 10.0, 5.0}, at::kDouble);
  const at::Tensor y = 3 + 2 * x - 5 * (x - 6).clamp_min(0);
  const auto got = stats::breakpoints(x, y, 1);
  CHECK(got.breaks == std::vector<double>{6});
  CHECK(got.coefficients[0] == Approx(3).epsilon(1e-10));
  CHECK(got.coefficients[1] == Approx(2).epsilon(1e-10));
  CHECK(got.coefficients[2] == Approx(-5).epsilon(1e-10));
  CHECK(stats::breakpoints(x, y, 1, 4).breaks == std::vector<double>{6});  // 5 values below it, 4 above
  CHECK_THROWS_WITH(stats::breakpoints(x, y, 2, 4), Catch::Contains("expected at least 13 different x, got 10"));
  CHECK_THROWS_WITH(stats::breakpoints(x, y, 4), Catch::Contains("breaks: expected 1 to 3, got 4"));
  CHECK_THROWS_WITH(stats::breakpoints(x, y.slice(0, 2), 1), Catch::Contains("equal length"));
}
