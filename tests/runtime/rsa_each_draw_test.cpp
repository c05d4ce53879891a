// Every draw once, in batches and one by one, each with its own counts and results.
#include "rsa/each_draw.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <vector>

using namespace brain;

TEST_CASE("batches hold every draw once and begin at multiples of their size") {
  for (const std::int64_t draws : {0, 1, 7, 8, 20}) {
    std::vector<std::atomic<int>> seen(static_cast<std::size_t>(draws));
    std::atomic<int> wrong = 0;
    rsa::each_batch(draws, 8, [&](std::int64_t first, std::int64_t last) {
      wrong += first % 8 != 0 || last - first > 8 || at::GradMode::is_enabled();
      for (std::int64_t d = first; d < last; ++d)
        ++seen[d];
    });
    CHECK(wrong == 0);
    for (const auto& times : seen)
      CHECK(times == 1);
  }
}

TEST_CASE("a draw gets its counts and writes its results; what it does not write is NaN") {
  const at::Tensor conditions = at::arange(20).view({5, 4}), subjects = at::arange(15).view({5, 3});
  const auto result = rsa::each_draw(conditions, subjects, 2, [](const rsa::DrawResult& draw) {
    draw.similarity[1] = draw.conditions[3];
    draw.per_subject[1 * 3 + 2] = draw.subjects[2];
    draw.ceiling[0] = draw.conditions[0] + draw.subjects[0];
  });
  CHECK(at::equal(result.similarity.select(1, 1), conditions.select(1, 3).to(at::kDouble)));
  CHECK(at::equal(result.per_subject.select(1, 1).select(1, 2), subjects.select(1, 2).to(at::kDouble)));
  CHECK(at::equal(result.ceiling.select(1, 0), (conditions.select(1, 0) + subjects.select(1, 0)).to(at::kDouble)));
  CHECK(result.similarity.select(1, 0).isnan().all().item<bool>());
  CHECK(result.per_subject.isnan().sum().item<std::int64_t>() == 5 * (2 * 3 - 1));
  CHECK(result.ceiling.select(1, 1).isnan().all().item<bool>());
}
