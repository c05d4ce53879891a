// Scaling against points that are known, and against optimality of the stress.
#include "rsa/mds.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "numbers.h"
#include "rsa/rdm.h"

using namespace brain;

namespace {

at::Tensor distances(const at::Tensor& points) { return rsa::rdm(points, rsa::Distance::euclidean); }

double stress(const at::Tensor& d, const at::Tensor& points) {
  const at::Tensor kept = at::nonzero(d.isnan().logical_not()).flatten();
  const at::Tensor measured = d.index_select(0, kept), got = distances(points).index_select(0, kept);
  return ((measured - got).square().sum() / measured.square().sum()).sqrt().item<double>();
}

}  // namespace

TEST_CASE("points of two dimensions come back, up to rotation") {
  const at::Tensor points = normals({9, 2}), d = distances(points);
  const auto classical = rsa::classical_mds(d, 2);
  CHECK(near(distances(classical.points), d, 1e-10, 1e-11));
  CHECK(classical.eigenvalues.slice(0, 2).abs().max().item<double>() < 1e-12 * classical.eigenvalues[0].item<double>() * 100);
  CHECK(classical.stress < 1e-10);
  CHECK(near(distances(rsa::smacof(d).points), d, 1e-6, 1e-7));
  at::Tensor holed = d.clone();
  holed[4] = NAN, holed[20] = NAN;
  rsa::SmacofOptions options;
  options.iterations = 20000, options.tolerance = 1e-14;
  CHECK(near(distances(rsa::smacof(holed, options).points), d, 1e-3, 1e-3));
}

TEST_CASE("no start and no small move has less stress than smacof") {
  const at::Tensor d = distances(normals({12, 6}, 4));
  rsa::SmacofOptions options;
  options.tolerance = 1e-13, options.iterations = 20000, options.seed = 3;
  const auto best = rsa::smacof(d, options);
  CHECK(best.stress == Approx(stress(d, best.points)).epsilon(1e-10));
  CHECK(best.stress < rsa::classical_mds(d, 2).stress);
  for (int k = 0; k < 20; ++k)
    CHECK(stress(d, best.points + 1e-3 * normals({12, 2}, 100 + k)) >= best.stress);
  CHECK(near(best.points.t().matmul(best.points) * (1 - at::eye(2, at::kDouble)), at::zeros({2, 2}, at::kDouble), 0, 1e-9));
  CHECK(at::equal(rsa::smacof(d, options).points, best.points));
}

TEST_CASE("what cannot be scaled") {
  CHECK_THROWS_WITH(rsa::classical_mds(distances(normals({5, 2})), 5), Catch::Contains("dimensions: expected 1 to 4, got 5"));
  CHECK_THROWS_WITH(rsa::classical_mds(at::full({10}, NAN, at::kDouble), 2), Catch::Contains("classical needs every pair"));
  CHECK_THROWS_WITH(rsa::smacof(at::full({10}, NAN, at::kDouble)), Catch::Contains("not all 0 or missing"));
  CHECK_THROWS_WITH(rsa::classical_mds(normals({2, 10}), 2), Catch::Contains("expected one RDM, got [2, 10]"));
  CHECK_THROWS_WITH(rsa::classical_mds(normals({10}), 2), Catch::Contains("dissimilarities of at least 0"));
}
