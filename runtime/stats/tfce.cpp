#include "stats/tfce.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "stats/sign_flips.h"

namespace brain::stats {

namespace {

constexpr double kMost = 1e6;  // |t| without variance is infinite

// Clusters that grow as the height falls: a forest whose roots hold what all their points have collected since they
// belong together, so that a point's score is the sum on its way to the root.
class Forest {
 public:
  Forest(const PointGraph& graph, double height, const std::vector<double>& of_extent)
      : graph_(graph), of_extent_(of_extent), exponent_(height + 1), nodes_(static_cast<std::size_t>(graph.points())) {}

  // Adds sign * the scores of the points with sign * t > 0 to `scores`.
  void add(std::span<const double> t, double sign, std::span<double> scores) {
    order_.clear();
    for (std::size_t k = 0; k < t.size(); ++k) {
      nodes_[k].parent = -1;
      const double h = std::min(sign * t[k], kMost);
      if (h > 0) order_.emplace_back(h, static_cast<std::int32_t>(k));
    }
    std::sort(order_.begin(), order_.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [h, point] : order_) {
      const double power = exponent_ == 3 ? h * h * h : std::pow(h, exponent_);
      nodes_[point] = {point, 1, 0, power};
      for (std::int32_t k = graph_.offsets[point]; k < graph_.offsets[point + 1]; ++k) {
        if (nodes_[graph_.neighbours[k]].parent >= 0) join(root(point), root(graph_.neighbours[k]), power);
      }
    }
    for (const auto& [h, point] : order_) {
      if (nodes_[point].parent == point) lower(nodes_[point], 0);
    }
    for (const auto& [h, point] : order_) {
      double sum = nodes_[point].collected;
      for (std::int32_t k = point; nodes_[k].parent != k;)
        k = nodes_[k].parent, sum += nodes_[k].collected;
      scores[point] += sign * sum / exponent_;
    }
  }

 private:
  struct Node {
    std::int32_t parent = -1, size = 0;
    double collected = 0, power = 0;  // power: height^(H + 1) down to which it is collected
  };

  std::int32_t root(std::int32_t k) const {
    while (nodes_[k].parent != k)
      k = nodes_[k].parent;
    return k;
  }
  void lower(Node& node, double power) {
    node.collected += of_extent_[node.size] * (node.power - power);
    node.power = power;
  }
  // The smaller under the larger: no way to the root is longer than log2 n.
  void join(std::int32_t a, std::int32_t b, double power) {
    if (a == b) return;
    lower(nodes_[a], power);
    lower(nodes_[b], power);
    if (nodes_[a].size < nodes_[b].size) std::swap(a, b);
    nodes_[b].parent = a;
    nodes_[b].collected -= nodes_[a].collected;
    nodes_[a].size += nodes_[b].size;
  }

  const PointGraph& graph_;
  const std::vector<double>& of_extent_;
  double exponent_;
  std::vector<Node> nodes_;
  std::vector<std::pair<double, std::int32_t>> order_;
};

}  // namespace

Tfce::Tfce(const PointGraph& graph, const TfceOptions& options) : graph_(graph), options_(options) {
  if (!(options.extent >= 0 && options.height >= 0 && std::isfinite(options.extent) && std::isfinite(options.height)))
    fail("tfce: expected exponents extent and height of at least 0, got ", options.extent, " and ", options.height);
  for (std::int64_t size = 0; size <= graph.points(); ++size)
    of_extent_.push_back(std::pow(static_cast<double>(size), options.extent));
}

void Tfce::scores(std::span<const double> t, std::span<double> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0);
  Forest forest(graph_, options_.height, of_extent_);
  if (options_.tail != Tail::less) forest.add(t, 1, scores);
  if (options_.tail != Tail::greater) forest.add(t, -1, scores);
}

TfceResult tfce(const at::Tensor& differences, const PointGraph& graph, const TfceOptions& options) {
  const std::int64_t points = graph.points();
  if (differences.dim() != 2 || differences.size(0) < 2 || differences.size(1) != points)
    fail("tfce: expected (subjects, ", points, " points) of at least 2 subjects, got ", differences.sizes());
  if (!differences.isfinite().all().item<bool>()) fail("tfce: the data hold NaN or infinity");
  if (options.permutations < 1) fail("tfce: permutations: expected at least 1, got ", options.permutations);
  const at::Tensor d = differences.detach().to(at::kCPU, at::kDouble).contiguous();
  const Tfce enhanced(graph, options);
  const auto size = static_cast<std::size_t>(points);
  TfceResult result;
  result.t = observed_t(d);
  result.score = at::empty({points}, at::kDouble);
  enhanced.scores({result.t.const_data_ptr<double>(), size}, {result.score.mutable_data_ptr<double>(), size});
  const SignFlips flips(d.size(0), options.permutations, options.seed);
  result.exact = flips.exact;
  result.permutations = flips.count;
  auto null = flipped(d, flips, [&](const double* t) {
    thread_local std::vector<double> scores;
    scores.resize(size);
    enhanced.scores({t, size}, scores);
    double largest = 0;
    for (const double score : scores)
      largest = std::max(largest, std::fabs(score));
    return largest;
  });
  // Equal scores differ by rounding; sorted, so that each point finds its place.
  std::sort(null.begin(), null.end());
  result.p = at::empty({points}, at::kDouble);
  const auto all = static_cast<double>(flips.count);
  for (std::int64_t k = 0; k < points; ++k) {
    const double least = std::fabs(result.score.const_data_ptr<double>()[k]) * (1 - 1e-10);
    const auto reached = static_cast<double>(null.end() - std::lower_bound(null.begin(), null.end(), least));
    result.p.mutable_data_ptr<double>()[k] = flips.exact ? reached / all : (reached + 1) / (all + 1);
  }
  return result;
}

}  // namespace brain::stats
