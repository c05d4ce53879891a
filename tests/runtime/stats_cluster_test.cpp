// Cluster tests against enumeration by hand.
#include "stats/cluster.h"

#include <ATen/Parallel.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/philox.h"
#include "numbers.h"
#include "stats/distribution.h"

using namespace brain;
using namespace brain::stats;

namespace {

double t_of(const std::vector<double>& d) {
  double mean = 0, square = 0;
  for (const double v : d)
    mean += v / static_cast<double>(d.size());
  for (const double v : d)
    square += (v - mean) * (v - mean);
  return mean / std::sqrt(square / static_cast<double>(d.size() - 1) / static_cast<double>(d.size()));
}

// Largest |mass| of runs over all series; t[series][time].
double largest_mass(const std::vector<std::vector<double>>& t, double limit) {
  double largest = 0;
  for (const auto& row : t) {
    double mass = 0;
    int sign = 0;
    for (const double v : row) {
      const int now = v > limit ? 1 : v < -limit ? -1 : 0;
      mass = now != 0 && now == sign ? mass + v : now != 0 ? v : 0;
      sign = now;
      largest = std::max(largest, std::fabs(mass));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("sign flips: every flip of six subjects, one null over all series") {
  const std::int64_t n = 6, series = 2, times = 9;
  at::Tensor d = numbers({n, series, times});
  d.slice(1, 0, 1).slice(2, 2, 6).add_(0.9);
  d.slice(1, 1, 2).slice(2, 7, 9).sub_(1.1);
  ClusterOptions options;
  options.threshold = 0.1;
  options.permutations = 64;
  const auto result = cluster_signflip(d, options);
  CHECK(result.exact);
  CHECK(result.permutations == 64);
  REQUIRE(!result.clusters.empty());
  const double limit = student_t_quantile_above(0.05, n - 1);
  std::vector<double> null;
  for (int flip = 0; flip < 64; ++flip) {
    std::vector<std::vector<double>> t(series, std::vector<double>(times));
    for (int s = 0; s < series; ++s) {
      for (int k = 0; k < times; ++k) {
        std::vector<double> values;
        for (int i = 0; i < n; ++i)
          values.push_back((flip >> i & 1 ? -1 : 1) * d[i][s][k].item<double>());
        t[s][k] = t_of(values);
        if (flip == 0) CHECK(result.t[s][k].item<double>() == Approx(t[s][k]).epsilon(1e-10));
      }
    }
    null.push_back(largest_mass(t, limit));
  }
  double biggest = 0;
  for (const auto& cluster : result.clusters) {
    double mass = 0;
    for (auto k = cluster.first; k <= cluster.last; ++k)
      mass += result.t[cluster.series][k].item<double>();
    CHECK(cluster.mass == Approx(mass).epsilon(1e-12));
    int reached = 0;
    for (const double v : null)
      reached += v >= std::fabs(mass) * (1 - 1e-9);
    CHECK(cluster.p == reached / 64.0);
    biggest = std::max(biggest, std::fabs(mass));
  }
  CHECK(biggest == Approx(null[0]).epsilon(1e-12));

  options.tail = Tail::greater;
  for (const auto& cluster : cluster_signflip(d, options).clusters)
    CHECK(cluster.mass > 0);
}

TEST_CASE("random flips do not depend on the number of threads, and the seed matters") {
  at::Tensor d = numbers({20, 1, 30});
  d.slice(2, 3, 9).add_(0.4);
  ClusterOptions options;
  options.permutations = 500;
  options.seed = 3;
  const int threads = at::get_num_threads();
  const auto two = cluster_signflip(d, options);
  at::set_num_threads(1);
  const auto one = cluster_signflip(d, options);
  at::set_num_threads(threads);
  CHECK(!two.exact);
  REQUIRE(two.clusters.size() == one.clusters.size());
  for (std::size_t k = 0; k < one.clusters.size(); ++k)
    CHECK(one.clusters[k].p == two.clusters[k].p);
}

TEST_CASE("neurora: clusters keep their extents and each point is dealt out by itself") {
  at::Tensor a = numbers({10, 2, 12}, 3), b = numbers({10, 2, 12}, 4);
  a.slice(2, 2, 6).add_(1.2);
  a.slice(1, 0, 1).slice(2, 8, 10).sub_(1.5);
  ClusterOptions options;
  const auto result = cluster_neurora(a, b, options);
  REQUIRE(result.clusters.size() >= 3);
  int significant = 0;
  for (const auto& cluster : result.clusters) {
    CHECK(cluster.last > cluster.first);
    significant += cluster.p < 0.05;
  }
  CHECK(significant >= 3);
  CHECK(near(result.t, cluster_signflip(a - b, options).t));
}

TEST_CASE("cluster tests of degenerate data") {
  const ClusterOptions options;
  CHECK(cluster_signflip(at::zeros({5, 1, 4}, at::kDouble), options).clusters.empty());
  CHECK(cluster_signflip(at::ones({5, 1, 4}, at::kDouble), options).clusters.size() == 1);  // t is infinite
  CHECK_THROWS_AS(cluster_signflip(at::full({5, 1, 4}, NAN, at::kDouble), options), Error);
  CHECK_THROWS_AS(cluster_signflip(at::zeros({1, 1, 4}, at::kDouble), options), Error);
  CHECK_THROWS_AS(cluster_neurora(at::zeros({5, 1, 4}), at::zeros({5, 1, 3}), options), Error);
}
