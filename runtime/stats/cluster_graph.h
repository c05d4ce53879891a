#pragma once
// Cluster-based permutation tests over maps of any shape.
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "stats/cluster.h"
#include "stats/point_graph.h"

namespace brain::stats {

// A cluster of any shape.
struct GraphCluster {
  std::vector<std::int64_t> points;  // rising
  double mass, p;
};
struct GraphClusterResult {
  std::vector<GraphCluster> clusters;  // by their first points, significant or not
  at::Tensor t;                        // [points]
  std::int64_t permutations;
  bool exact;
};

// cluster_signflip of stats/cluster.h over the points of a graph: d [subjects, points]; clusters are sets of neighbours
// beyond the threshold on the same side.
GraphClusterResult cluster_graph(const at::Tensor& d, const PointGraph& graph, const ClusterOptions& options);

}  // namespace brain::stats
