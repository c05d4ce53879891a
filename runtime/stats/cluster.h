#pragma once
// Cluster-based permutation tests over time.
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace brain::stats {

enum class Tail { two, greater, less };

struct ClusterOptions {
  double threshold = 0.05;  // p of the t-test that makes a point a candidate
  std::int64_t permutations = 1000;
  std::uint64_t seed = 0;
  Tail tail = Tail::two;
};

// The t beyond which a point of so many subjects is a candidate; infinite for a side that is not tested.
struct Thresholds {
  double above, below;
};
Thresholds thresholds(const ClusterOptions& options, std::int64_t subjects);

struct Cluster {
  std::int64_t series, first, last;  // time points, both included
  double mass;                       // sum of t
  double p;
};

struct ClusterResult {
  std::vector<Cluster> clusters;  // in order of series and time, significant or not
  at::Tensor t;                   // [series, times]
  std::int64_t permutations;      // that were made: all 2^subjects where they are not more than asked for
  bool exact;
};

// One-sample test of differences [subjects, series, times], float64, against 0: a cluster is a run of
// neighbouring time points of one series whose t passes the threshold on the same side (threshold / 2 on each
// side for two tails). Its p compares |mass| with the largest |mass| anywhere (all series and times: this
// controls the family-wise error over them) when the signs of whole subjects are flipped at random (Maris and
// Oostenveld 2007). All 2^subjects flips are taken where that is at most `permutations`, otherwise p = (1 +
// exceeding) / (1 + permutations).
ClusterResult cluster_signflip(const at::Tensor& differences, const ClusterOptions& options);

// The procedure of NeuroRA (Lu and Ku 2020), for replications: a, b [subjects, series, times]; paired t-tests
// at each point; runs of at least 2 points on one side; in each iteration the 2 n values of every point of an
// observed cluster are dealt out anew, each point for itself, the clusters keep their extents, and the
// largest sum of t of a series and side is the null of its clusters. p is the share of iterations that reach
// the observed mass. It does not control the family-wise error over series or over both sides.
ClusterResult cluster_neurora(const at::Tensor& a, const at::Tensor& b, const ClusterOptions& options);

}  // namespace brain::stats
