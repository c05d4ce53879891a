// Matrix products over batches against the path that goes draw by draw.
#include "rsa/partial_grams.h"

#include <catch2/catch.hpp>

#include "partial_data.h"

using namespace brain;
using rsa::Comparison;

TEST_CASE("batches of draws: subjects with different pairs, more pairs than one product takes") {
  const std::int64_t n = 90, s = 3, draws = 65;  // two batches, two blocks
  at::Tensor data = normals({s, 4005}, 1) + normals({1, 4005}, 2) + 2;
  const at::Tensor models = normals({2, 4005}, 3) + normals({1, 4005}, 2) + 1, nobody = models.slice(0, 0, 0);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) {
      if (j >= 80) data[0][rsa::pair_place(i, j, n)] = NAN;
      if (i < 15) data[1][rsa::pair_place(i, j, n)] = NAN;
    }
  }
  std::vector<at::Tensor> counts;
  for (std::uint64_t d = 0; d < draws; ++d)
    counts.push_back(at::bincount(at::tensor(sample_with_replacement(4, d, n, n), at::kLong), {}, n).to(at::kDouble));
  const at::Tensor conditions = at::stack(counts), everyone = at::ones({draws, s}, at::kDouble);
  for (const auto method : {Comparison::pearson, Comparison::cosine}) {
    const auto got = rsa::evaluate_partial_grams(models, data, conditions, everyone, method, std::nullopt, true);
    for (const std::int64_t d : {0, 63, 64}) {
      const at::Tensor w = conditions[d];
      const at::Tensor pairs = at::triu_indices(n, n, 1), weights = w.index_select(0, pairs[0]) * w.index_select(0, pairs[1]);
      for (std::int64_t k = 0; k < s; ++k) {
        const at::Tensor places = at::nonzero((weights > 0) & data[k].isnan().logical_not()).flatten(),
                         wk = weights.index_select(0, places);
        const auto of = [&](const at::Tensor& x) {
          const at::Tensor own = x.index_select(0, places);
          return method == Comparison::cosine ? own : own - (wk * own).sum() / wk.sum();
        };
        for (std::int64_t i = 0; i < 2; ++i) {
          const at::Tensor a = of(models[i]), b = of(data[k]);
          const at::Tensor expected = (wk * a * b).sum() / ((wk * a * a).sum() * (wk * b * b).sum()).sqrt();
          CHECK(near(got.per_subject[d][i][k], expected, 1e-12, 1e-12));
        }
      }
    }
    // Without models there are still ceilings.
    const auto bare = rsa::evaluate_partial_grams(nobody, data, conditions, everyone, method, std::nullopt, true);
    CHECK(near(bare.ceiling, got.ceiling, 1e-12, 1e-12));
    CHECK(rsa::evaluate_partial_grams(models, data, conditions, everyone, method, std::nullopt, false)
              .ceiling.isnan().all().item<bool>());
  }
}
