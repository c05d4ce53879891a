// Distances on common features, pair by pair.
#include "rsa/rdm_missing.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("each pair on the features that both have") {
  at::Tensor x = normals({7, 60}) + 100;
  const at::Tensor holes = normals({7, 60}, 2) > 0.7;
  x.masked_fill_(holes, NAN);
  for (const std::string name : {"correlation", "cosine", "euclidean", "sqeuclidean", "sqeuclidean_mean"}) {
    INFO(name);
    const auto distance = rsa::distance_of(name);
    std::vector<double> expected;
    for (int i = 0; i < 7; ++i) {
      for (int j = i + 1; j < 7; ++j) {
        const at::Tensor kept = at::nonzero((holes[i] | holes[j]).logical_not()).flatten();
        const double of_common = rsa::rdm(at::stack({x[i], x[j]}).index_select(1, kept), distance).item<double>();
        const double part = static_cast<double>(kept.numel()) / 60;
        expected.push_back(name == "euclidean" ? of_common / std::sqrt(part) : name == "sqeuclidean" ? of_common / part : of_common);
      }
    }
    CHECK(near(rsa::rdm_pairwise(x, distance), at::tensor(expected, at::kDouble), 1e-9, 1e-12));
    CHECK(near(rsa::rdm_pairwise(x.nan_to_num(3), distance), rsa::rdm(x.nan_to_num(3), distance), 1e-9, 1e-12));
  }
  CHECK(at::equal(rsa::rdm_pairwise(at::arange(12).view({3, 4}), rsa::Distance::cosine),
                  rsa::rdm(at::arange(12).view({3, 4}), rsa::Distance::cosine)));
  x[2].fill_(NAN);
  CHECK(rsa::rdm_pairwise(x, rsa::Distance::correlation).isnan().sum().item<std::int64_t>() == 6);
  CHECK_THROWS_WITH(rsa::rdm_pairwise(x, rsa::Distance::manhattan), Catch::Contains("expected distance correlation"));
}
