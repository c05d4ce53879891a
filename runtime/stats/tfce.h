#pragma once
// Threshold-free cluster enhancement.
#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <vector>

#include "stats/cluster.h"
#include "stats/point_graph.h"

namespace brain::stats {

struct TfceOptions {
  double extent = 0.5, height = 2;  // exponents E and H
  std::int64_t permutations = 1000;
  std::uint64_t seed = 0;
  Tail tail = Tail::two;
};

// Score of each point: the integral over h from 0 to |t| there of e(h)^extent h^height, e(h) the number of points of
// the cluster beyond h that holds it, and the sign of t (Smith and Nichols 2009). Clusters change only at heights that
// occur, so that the integral is exact, without a step; sorting and joining clusters takes O(n log n). |t| counts as at
// most 1e6. Positive and negative points are apart; for one tail those of the other side are 0.
class Tfce {
 public:
  Tfce(const PointGraph& graph, const TfceOptions& options);
  void scores(std::span<const double> t, std::span<double> scores) const;  // safe from several threads

 private:
  const PointGraph& graph_;
  TfceOptions options_;
  std::vector<double> of_extent_;  // e^extent of every size
};

struct TfceResult {
  at::Tensor t, score, p;  // [points]
  std::int64_t permutations;
  bool exact;
};

// One-sample test of d [subjects, points] against 0: p of each point compares its |score| with the largest |score|
// anywhere under flipped signs of whole subjects (stats/sign_flips.h), which controls the family-wise error.
TfceResult tfce(const at::Tensor& d, const PointGraph& graph, const TfceOptions& options);

}  // namespace brain::stats
