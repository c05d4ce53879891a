// Clusters in maps against sets joined one by one, and against runs where the map is a line.
#include "stats/cluster_graph.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "core/error.h"
#include "map_clusters.h"
#include "numbers.h"
#include "stats/sign_flips.h"

using namespace brain;
using namespace brain::stats;

namespace {

struct Slow {
  std::vector<std::int64_t> points;
  double mass = 0;
};
std::vector<Slow> slow(const at::Tensor& t, const PointGraph& graph, const Thresholds& limit) {
  std::map<int, Slow> sets;
  for (const int sign : {1, -1}) {
    std::vector<bool> kept;
    for (std::int64_t k = 0; k < t.numel(); ++k)
      kept.push_back(sign > 0 ? t[k].item<double>() > limit.above : t[k].item<double>() < limit.below);
    const auto set = sets_of(kept, graph);
    for (std::size_t k = 0; k < set.size(); ++k) {
      if (set[k] < 0) continue;
      sets[set[k]].points.push_back(static_cast<std::int64_t>(k));
      sets[set[k]].mass += t[static_cast<std::int64_t>(k)].item<double>();
    }
  }
  std::vector<Slow> list;
  for (auto& [first, cluster] : sets)
    list.push_back(cluster);
  return list;
}

}  // namespace

TEST_CASE("clusters of a plane: every flip of seven subjects") {
  at::Tensor d = normals({7, 6 * 8});
  d.view({7, 6, 8}).slice(1, 2, 4).slice(2, 3, 6).add_(2);
  d.view({7, 6, 8}).slice(1, 4, 6).slice(2, 0, 2).sub_(1.5);
  const auto graph = lattice({6, 8}, 2);
  ClusterOptions options;
  options.permutations = 128;
  const auto limit = thresholds(options, 7);
  const auto result = cluster_graph(d, graph, options);
  CHECK(result.exact);
  const auto expected = slow(result.t, graph, limit);
  REQUIRE(result.clusters.size() == expected.size());
  REQUIRE(result.clusters.size() >= 2);
  std::vector<double> null;
  const SignFlips flips(7, 128, 0);
  for (int k = 0; k < 128; ++k) {
    double largest = 0;
    for (const auto& cluster : slow(observed_t(d * flips.signs(k, 1)[0].unsqueeze(1)), graph, limit))
      largest = std::max(largest, std::fabs(cluster.mass));
    null.push_back(largest);
  }
  for (std::size_t c = 0; c < expected.size(); ++c) {
    CHECK(result.clusters[c].points == expected[c].points);
    CHECK(result.clusters[c].mass == Approx(expected[c].mass).epsilon(1e-12));
    const auto reached = std::count_if(null.begin(), null.end(), [&](double v) {
      return v >= std::fabs(expected[c].mass) * (1 - 1e-9);
    });
    CHECK(result.clusters[c].p == Approx(static_cast<double>(reached) / 128).epsilon(1e-12));
  }
}

TEST_CASE("clusters along one axis are runs") {
  at::Tensor d = numbers({20, 2, 30});
  d.slice(2, 3, 9).add_(0.4);
  ClusterOptions options;
  options.permutations = 200;
  const auto lines = cluster_signflip(d, options);
  const auto maps = cluster_graph(d.view({20, 60}), lattice({2, 30}, 1), options);
  REQUIRE(maps.clusters.size() == lines.clusters.size());
  for (std::size_t k = 0; k < lines.clusters.size(); ++k) {
    const auto& line = lines.clusters[k];
    CHECK(maps.clusters[k].points.front() == line.series * 30 + line.first);
    CHECK(maps.clusters[k].points.back() == line.series * 30 + line.last);
    CHECK(maps.clusters[k].p == line.p);
  }
  CHECK_THROWS_AS(cluster_graph(d.view({20, 60}), lattice({59}, 1), options), Error);
  CHECK_THROWS_AS(cluster_graph(at::full({5, 4}, NAN, at::kDouble), lattice({4}, 1), options), Error);
}
