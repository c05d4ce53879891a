// Enhanced scores against the sum over all heights that occur.
#include "stats/tfce.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "map_clusters.h"
#include "numbers.h"
#include "stats/sign_flips.h"

using namespace brain;
using namespace brain::stats;

namespace {

// Between two neighbouring heights clusters do not change: (sum of e^E (high^(H+1) - low^(H+1)) / (H+1)).
std::vector<double> slow(const std::vector<double>& t, const PointGraph& graph, double extent, double height) {
  std::vector<double> scores(t.size(), 0.0);
  for (const double sign : {1.0, -1.0}) {
    std::vector<double> heights{0};
    for (const double v : t)
      if (sign * v > 0) heights.push_back(sign * v);
    std::sort(heights.begin(), heights.end());
    for (std::size_t level = 1; level < heights.size(); ++level) {
      std::vector<bool> kept(t.size());
      for (std::size_t k = 0; k < t.size(); ++k)
        kept[k] = sign * t[k] >= heights[level];
      const auto set = sets_of(kept, graph);
      const double slice =
          (std::pow(heights[level], height + 1) - std::pow(heights[level - 1], height + 1)) / (height + 1);
      for (std::size_t k = 0; k < t.size(); ++k)
        if (kept[k])
          scores[k] += sign * slice * std::pow(static_cast<double>(std::count(set.begin(), set.end(), set[k])), extent);
    }
  }
  return scores;
}

at::Tensor scores_of(const at::Tensor& t, const PointGraph& graph, const TfceOptions& options) {
  at::Tensor out = at::empty({t.numel()}, at::kDouble);
  const auto n = static_cast<std::size_t>(t.numel());
  Tfce(graph, options).scores({t.const_data_ptr<double>(), n}, {out.mutable_data_ptr<double>(), n});
  return out;
}

}  // namespace

TEST_CASE("scores are the integral over heights") {
  const at::Tensor t = normals({6 * 7 * 3}) * 2;
  t[5].fill_(t[6].item<double>());  // equal heights
  t[9].fill_(0);
  const std::vector<double> list(t.const_data_ptr<double>(), t.const_data_ptr<double>() + t.numel());
  for (const auto& graph : {lattice({6, 7, 3}, 3), lattice({6, 7, 3}, 2), lattice({126}, 1)}) {
    for (const auto& [extent, height] : {std::pair{0.5, 2.0}, {1.0, 1.0}, {0.0, 0.0}, {2.0 / 3, 2.5}}) {
      TfceOptions options;
      options.extent = extent, options.height = height;
      const at::Tensor expected = at::tensor(slow(list, graph, extent, height), at::kDouble);
      CHECK(near(scores_of(t, graph, options), expected, 1e-11, 1e-12));
      options.tail = Tail::greater;
      CHECK(near(scores_of(t, graph, options), expected.clamp_min(0), 1e-11, 1e-12));
      options.tail = Tail::less;
      CHECK(near(scores_of(t, graph, options), expected.clamp_max(0), 1e-11, 1e-12));
    }
  }
  // One plateau of five points of height 2: sqrt(5) 2^3 / 3 each.
  at::Tensor flat = at::zeros({9}, at::kDouble);
  flat.slice(0, 2, 7).fill_(2);
  CHECK(near(scores_of(flat, lattice({9}, 1), {}).slice(0, 2, 7), at::full({5}, std::sqrt(5.0) * 8 / 3, at::kDouble)));
}

TEST_CASE("p of every point is that of the largest score under flips") {
  at::Tensor d = normals({7, 5 * 6});
  d.slice(1, 12, 15).add_(2.5);
  const auto graph = lattice({5, 6}, 2);
  TfceOptions options;
  options.permutations = 128;
  const auto result = tfce(d, graph, options);
  CHECK(result.exact);
  const SignFlips flips(7, 128, 0);
  std::vector<double> null;
  for (int k = 0; k < 128; ++k)
    null.push_back(scores_of(observed_t(d * flips.signs(k, 1)[0].unsqueeze(1)), graph, options).abs().max().item<double>());
  for (int point = 0; point < 30; ++point) {
    const double score = std::fabs(result.score[point].item<double>());
    const auto reached = std::count_if(null.begin(), null.end(), [&](double v) { return v >= score * (1 - 1e-9); });
    CHECK(result.p[point].item<double>() == Approx(static_cast<double>(reached) / 128).epsilon(1e-12));
  }
  CHECK(result.p.slice(0, 12, 15).max().item<double>() < 0.05);
  CHECK(result.p.min().item<double>() >= 2.0 / 128 - 1e-12);  // no flip and all flips

  options.permutations = 100, options.seed = 4;
  const int threads = at::get_num_threads();
  const auto two = tfce(d, graph, options);
  at::set_num_threads(1);
  CHECK(at::equal(tfce(d, graph, options).p, two.p));
  at::set_num_threads(threads);
  CHECK(!two.exact);
}

TEST_CASE("enhancement controls the family-wise error") {
  int rejected = 0;
  const auto graph = lattice({8, 8}, 2);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);  // studies are too small to share
  for (std::uint64_t study = 0; study < 200; ++study) {
    TfceOptions options;
    options.permutations = 99, options.seed = study;
    rejected += tfce(normals({12, 64}, study + 1), graph, options).p.min().item<double>() <= 0.05;
  }
  at::set_num_threads(threads);
  // Of 200 draws of probability .05 more than 19 come once in 200 times.
  CHECK(rejected <= 19);
  CHECK(rejected >= 2);
}

TEST_CASE("enhancement of degenerate data") {
  const auto graph = lattice({4}, 1);
  CHECK(tfce(at::zeros({5, 4}, at::kDouble), graph, {}).score.eq(0).all().item<bool>());
  CHECK(tfce(at::ones({5, 4}, at::kDouble), graph, {}).score.isfinite().all().item<bool>());
  CHECK_THROWS_AS(tfce(at::full({5, 4}, NAN, at::kDouble), graph, {}), Error);
  CHECK_THROWS_AS(tfce(at::ones({5, 3}, at::kDouble), graph, {}), Error);
  CHECK_THROWS_AS(tfce(at::ones({1, 4}, at::kDouble), graph, {}), Error);
  TfceOptions negative;
  negative.extent = -1;
  CHECK_THROWS_AS(tfce(at::ones({5, 4}, at::kDouble), graph, negative), Error);
}
