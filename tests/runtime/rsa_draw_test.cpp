// Vectors of pairs under weights against the same with copies written out.
#include "rsa/draw.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "numbers.h"
#include "rsa/compare.h"

using namespace brain;
using rsa::Comparison;

TEST_CASE("a pair that counts several times is as several pairs; controls leave nothing of themselves") {
  const rsa::Numbers weights{1, 0, 2, 3, 1, 1, 0, 2};
  const at::Tensor x = normals({3, 8}), all = at::arange(8),
                   copies = at::repeat_interleave(all, at::tensor(weights, at::kDouble).to(at::kLong));
  for (const auto method : {Comparison::pearson, Comparison::spearman, Comparison::rho_a, Comparison::tau_a, Comparison::tau_b,
                            Comparison::cosine}) {
    const rsa::RdmSet set(x, all, method);
    CHECK(set.size() == 3);
    const rsa::Draw draw(method, weights);
    CHECK(draw.total() == 10);
    const auto prepared = draw.prepare(set);
    const at::Tensor expected = rsa::compare(x.index_select(1, copies), x.index_select(1, copies), method);
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 3; ++j)
        CHECK(near(expected[i][j], draw.similarity(prepared[i], prepared[j]), 1e-13, 1e-14));
    }
  }
  const rsa::Draw draw(Comparison::spearman, weights);
  const auto prepared = draw.prepare(rsa::RdmSet(x, all, Comparison::spearman));
  std::vector<rsa::Prepared> left{prepared[0], prepared[1]};
  rsa::remove_controls({prepared[1], prepared[2]}, left);
  CHECK(std::abs(rsa::dot(left[0].unit, prepared[1].unit)) < 1e-13);
  CHECK(std::abs(rsa::dot(left[0].unit, prepared[2].unit)) < 1e-13);
  CHECK(rsa::dot(left[0].unit, left[0].unit) == Approx(1));
  CHECK(std::isnan(left[1].unit[0]));
  // What does not vary under the weights has no direction: pearson, though its mean is rounded.
  const rsa::Draw pearson(Comparison::pearson, {1, 1, 1});
  CHECK(std::isnan(pearson.unit({0.1, 0.1, 0.1})[0]));
  CHECK(std::abs(pearson.unit({0.1, 0.1, 0.2})[0]) < 1);
}
