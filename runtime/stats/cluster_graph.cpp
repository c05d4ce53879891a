#include "stats/cluster_graph.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "stats/sign_flips.h"

namespace brain::stats {

namespace {

// Calls found(points, mass) for every set of neighbours beyond the thresholds on one side.
template <class Found>
void clusters_of(const double* t, const PointGraph& graph, const Thresholds& limit, std::vector<std::int8_t>& side,
                 std::vector<std::int32_t>& members, Found found) {
  const auto points = static_cast<std::int32_t>(graph.points());
  side.resize(static_cast<std::size_t>(points));
  for (std::int32_t k = 0; k < points; ++k)
    side[k] = t[k] > limit.above ? 1 : t[k] < limit.below ? -1 : 0;
  for (std::int32_t seed = 0; seed < points; ++seed) {
    const std::int8_t sign = side[seed];
    if (!sign) continue;
    side[seed] = 0;
    members.assign(1, seed);
    double mass = 0;
    for (std::size_t next = 0; next < members.size(); ++next) {
      const std::int32_t point = members[next];
      mass += t[point];
      for (std::int32_t k = graph.offsets[point]; k < graph.offsets[point + 1]; ++k) {
        const std::int32_t other = graph.neighbours[k];
        if (side[other] != sign) continue;
        side[other] = 0;
        members.push_back(other);
      }
    }
    found(members, mass);
  }
}

}  // namespace

GraphClusterResult cluster_graph(const at::Tensor& differences, const PointGraph& graph, const ClusterOptions& options) {
  if (differences.dim() != 2 || differences.size(0) < 2 || differences.size(1) != graph.points())
    fail("cluster_permutation: expected (subjects, ", graph.points(), " points) of at least 2 subjects, got ",
         differences.sizes());
  if (!differences.isfinite().all().item<bool>()) fail("cluster_permutation: the data hold NaN or infinity");
  const at::Tensor d = differences.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto limit = thresholds(options, d.size(0));
  GraphClusterResult result;
  result.t = observed_t(d);
  std::vector<std::int8_t> side;
  std::vector<std::int32_t> members;
  clusters_of(result.t.const_data_ptr<double>(), graph, limit, side, members, [&](const auto& points, double mass) {
    GraphCluster cluster{{points.begin(), points.end()}, mass, 1};
    std::sort(cluster.points.begin(), cluster.points.end());
    result.clusters.push_back(std::move(cluster));
  });
  const SignFlips flips(d.size(0), options.permutations, options.seed);
  result.exact = flips.exact;
  result.permutations = flips.count;
  if (result.clusters.empty()) return result;
  const auto null = flipped(d, flips, [&](const double* t) {
    thread_local std::vector<std::int8_t> side;
    thread_local std::vector<std::int32_t> members;
    double largest = 0;
    clusters_of(t, graph, limit, side, members,
                [&](const auto&, double mass) { largest = std::max(largest, std::fabs(mass)); });
    return largest;
  });
  for (auto& cluster : result.clusters)
    cluster.p = flips.p(null, std::fabs(cluster.mass));
  return result;
}

}  // namespace brain::stats
