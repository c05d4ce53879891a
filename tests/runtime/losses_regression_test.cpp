#include "losses/regression.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

double r_of(const at::Tensor& a, const at::Tensor& b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  const auto n = a.size(0);
  for (int i = 0; i < n; ++i) {
    ma += a[i].item<double>() / static_cast<double>(n);
    mb += b[i].item<double>() / static_cast<double>(n);
  }
  for (int i = 0; i < n; ++i) {
    const double x = a[i].item<double>() - ma, y = b[i].item<double>() - mb;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("mse and smooth_l1 take equal shapes only") {
  const at::Tensor a = numbers({3, 2}), b = numbers({3, 2}, 4);
  CHECK(near(mse(a, b), (a - b).square().mean()));
  const at::Tensor d = (a - b).abs();
  CHECK(near(smooth_l1(a, b, 0.3), at::where(d < 0.3, d * d / 0.6, d - 0.15).mean()));
  CHECK(near(mse(a, b, at::Reduction::Sum), (a - b).square().sum()));
  CHECK_THROWS_WITH(mse(a, b.slice(0, 0, 1)), "mse: expected a target of shape [3, 2], got [1, 2]");
  CHECK_THROWS_AS(smooth_l1(a, b[0]), Error);
}

TEST_CASE("pearson averages correlations along either dimension") {
  const at::Tensor a = numbers({6, 4}), b = numbers({6, 4}, 3) + 0.4 * a;
  double columns = 0, rows = 0;
  for (int v = 0; v < 4; ++v) columns += r_of(a.select(1, v), b.select(1, v)) / 4;
  for (int i = 0; i < 6; ++i) rows += r_of(a[i], b[i]) / 6;
  CHECK(near(pearson(a, b), 1 - columns));
  CHECK(near(pearson(a, b, 1), 1 - rows));
  CHECK(near(pearson(a, 3 * a + 2), 0.0));
}

TEST_CASE("a constant voxel counts as uncorrelated") {
  at::Tensor a = numbers({6, 2}).clone();
  const at::Tensor b = numbers({6, 2}, 3);
  a.select(1, 0).fill_(0.5);
  CHECK(near(pearson(a, b), 1 - r_of(a.select(1, 1), b.select(1, 1)) / 2));
}

TEST_CASE("the noise ceiling divides, voxels without one are left out") {
  const at::Tensor a = numbers({6, 3}), b = numbers({6, 3}, 3),
                   ceiling = at::tensor({0.25, 0.0, 0.81}, at::kDouble);
  const double first = r_of(a.select(1, 0), b.select(1, 0)), last = r_of(a.select(1, 2), b.select(1, 2));
  CHECK(near(noise_normalised_correlation(a, b, ceiling), 1 - (first / 0.5 + last / 0.9) / 2));
  CHECK(near(noise_normalised_correlation(a, b, ceiling, 0, true),
             1 - (first * std::abs(first) / 0.25 + last * std::abs(last) / 0.81) / 2));
  CHECK_THROWS_WITH(noise_normalised_correlation(a, b, ceiling, 1),
                    "noise_normalised_correlation: expected a ceiling of shape [6], got [3]");
}
