// Ranks against counting.
#include "stats/rank.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "numbers.h"

using namespace brain;

TEST_CASE("average ranks are one plus the numbers below plus half the others that are equal") {
  const at::Tensor x = (numbers({3, 40}) * 6).round();  // many ties
  const at::Tensor ranks = stats::average_ranks(x);
  const at::Tensor below = (x.unsqueeze(2) > x.unsqueeze(1)).sum(2),
                   equal = (x.unsqueeze(2) == x.unsqueeze(1)).sum(2);
  CHECK(at::equal(ranks, 1 + below + (equal - 1).to(at::kDouble) / 2));
  CHECK(at::equal(stats::average_ranks(x.to(at::kFloat)), ranks));
  CHECK(at::equal(stats::average_ranks(x.t()), stats::average_ranks(x.t().contiguous())));
  at::Tensor holed = x.clone();
  holed[1][3] = NAN;
  CHECK(stats::average_ranks(holed)[1].isnan().all().item<bool>());
  CHECK(at::equal(stats::average_ranks(holed)[2], ranks[2]));
  CHECK(stats::average_ranks(at::empty({2, 0}, at::kDouble)).numel() == 0);
}

TEST_CASE("a weight is a number of copies") {
  const std::vector<double> x{3, 1, 2, 2, 5}, w{2, 1, 0, 3, 1};
  std::vector<double> ranks(5);
  stats::average_ranks(x, stats::ascending(x), w, ranks);
  // 1 | 2 2 2 | 3 3 | 5
  CHECK(ranks == std::vector<double>{5.5, 1, 0, 3, 7});
  CHECK(stats::dense_ranks(x) == std::vector<std::int32_t>{2, 0, 1, 1, 3});
  CHECK(stats::ascending(x) == std::vector<std::int32_t>{1, 2, 3, 0, 4});
}

TEST_CASE("ranks of numbers that lie unevenly") {
  at::Tensor x = numbers({4, 500});
  x[0][3] = 1e300, x[0][7] = -1e300;  // one bucket holds the others
  x[1][2] = INFINITY;
  x[2] = x[2].exp().pow(30);
  x[3].fill_(2);
  const at::Tensor below = (x.unsqueeze(2) > x.unsqueeze(1)).sum(2), equal = (x.unsqueeze(2) == x.unsqueeze(1)).sum(2);
  CHECK(at::equal(stats::average_ranks(x), 1 + below + (equal - 1).to(at::kDouble) / 2));
}
