// Kendall's tau against all pairs.
#include "stats/kendall.h"

#include <ATen/ATen.h>  // before Catch2, which has the last word on CHECK

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "core/philox.h"
#include "stats/rank.h"

using namespace brain;

namespace {

stats::Kendall slow(const std::vector<double>& x, const std::vector<double>& y) {
  double difference = 0, pairs = 0, x_untied = 0, y_untied = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = i + 1; j < x.size(); ++j) {
      const double a = (x[i] > x[j]) - (x[i] < x[j]), b = (y[i] > y[j]) - (y[i] < y[j]);
      difference += a * b;
      pairs += 1;
      x_untied += a != 0;
      y_untied += b != 0;
    }
  }
  return {difference / pairs, difference / std::sqrt(x_untied * y_untied)};
}

}  // namespace

TEST_CASE("tau a and b, with and without ties, equal the count over pairs") {
  for (const int levels : {2, 5, 1000}) {
    for (const std::size_t n : {2, 3, 17, 64, 101}) {
      Philox draws(7, n * 10000 + static_cast<std::size_t>(levels));
      std::vector<double> x(n), y(n);
      for (std::size_t i = 0; i < n; ++i) {
        x[i] = static_cast<double>(draws.below(static_cast<std::uint64_t>(levels)));
        y[i] = x[i] + static_cast<double>(draws.below(static_cast<std::uint64_t>(levels)));
      }
      const auto expected = slow(x, y), got = stats::kendall(stats::dense_ranks(x), stats::dense_ranks(y));
      INFO(levels << " levels, " << n);
      CHECK(got.tau_a == Approx(expected.tau_a).epsilon(1e-14));
      if (std::isnan(expected.tau_b)) CHECK(std::isnan(got.tau_b));
      else CHECK(got.tau_b == Approx(expected.tau_b).epsilon(1e-14));
    }
  }
  const std::vector<std::int32_t> one{0}, twice{2};
  CHECK(std::isnan(stats::kendall(one, one).tau_a));
  CHECK(stats::kendall(one, one, twice).tau_a == 0);
}

TEST_CASE("weights are copies") {
  Philox draws(8, 0);
  std::vector<double> x, y, all_x, all_y;
  std::vector<std::int32_t> weights;
  for (int i = 0; i < 40; ++i) {
    x.push_back(static_cast<double>(draws.below(15)));
    y.push_back(x.back() + static_cast<double>(draws.below(20)));
    weights.push_back(static_cast<std::int32_t>(draws.below(4)));
    all_x.insert(all_x.end(), static_cast<std::size_t>(weights.back()), x.back());
    all_y.insert(all_y.end(), static_cast<std::size_t>(weights.back()), y.back());
  }
  const auto expected = slow(all_x, all_y), got = stats::kendall(stats::dense_ranks(x), stats::dense_ranks(y), weights);
  CHECK(got.tau_a == Approx(expected.tau_a).epsilon(1e-13));
  CHECK(got.tau_b == Approx(expected.tau_b).epsilon(1e-13));
}
