// Shape distances against netrep's figures, invariances and the generalised eigenproblem.
#include "rsa/shape.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("netrep's continuum") {
  const std::string path = shared_path("data/peers/golden/golden_similarity.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  // netrep compares sets of equal width: the first 20 columns of X
  const at::Tensor x = at::tensor(file.numbers("in/X"), at::kDouble).view({50, 30}).slice(1, 0, 20),
                   y = at::tensor(file.numbers("in/Y"), at::kDouble).view({50, 20});
  for (const auto& [alpha, name] : {std::pair{0.0, "0.0"}, {0.5, "0.5"}, {1.0, "1.0"}})
    CHECK(rsa::shape_distance(x, y, alpha).angular ==
          Approx(file.numbers(std::string("netrep/alpha") + name + "_angular")[0]).epsilon(1e-10));
  CHECK(rsa::shape_distance(x, y, 1).euclidean == Approx(file.numbers("netrep/alpha1.0_euclidean")[0]).epsilon(1e-10));
}

TEST_CASE("what each end of the continuum forgives, wide and narrow") {
  const at::Tensor x = normals({15, 4}), y = normals({15, 3}, 2), map = normals({4, 4}, 3);
  const at::Tensor rotation = std::get<0>(at::linalg_qr(map));
  const auto angular = [](const at::Tensor& a, const at::Tensor& b, double alpha) {
    return rsa::shape_distance(a, b, alpha).angular;
  };
  // arccos near 1 has the root of the rounding
  CHECK(angular(x, x.matmul(rotation) + 3, 1) == Approx(0).margin(1e-7));
  CHECK(angular(x, x.matmul(map), 1) > 0.1);
  CHECK(angular(x, x.matmul(map), 0) == Approx(0).margin(1e-7));
  CHECK(angular(x, y, 0.3) == Approx(angular(y, x, 0.3)).epsilon(1e-12));
  // Columns of zeros add nothing, and turn the narrow path into the wide one.
  const at::Tensor wide = at::cat({x, at::zeros({15, 20}, at::kDouble)}, 1);
  CHECK(angular(wide, y, 0.5) == Approx(angular(x, y, 0.5)).epsilon(1e-9));
  const at::Tensor r = rsa::canonical_correlations(x, y);
  REQUIRE(r.sizes() == at::IntArrayRef{3});
  const at::Tensor a = x - x.mean(0), b = y - y.mean(0);
  const at::Tensor m = at::linalg_inv(b.t().matmul(b)).matmul(b.t()).matmul(a).matmul(at::linalg_inv(a.t().matmul(a))).matmul(a.t()).matmul(b);
  const at::Tensor squared = std::get<0>(at::real(at::linalg_eigvals(m)).sort(0, /*descending=*/true));
  CHECK(near(r.square(), squared, 1e-9, 1e-10));
  CHECK(angular(x, y, 0) == Approx(std::acos(r.sum().item<double>() / std::sqrt(12.0))).epsilon(1e-10));
  CHECK_THROWS_WITH(rsa::canonical_correlations(normals({15, 10}), normals({15, 9}, 2)),
                    Catch::Contains("expected fewer dimensions than stimuli, got 10 + 9 of 15"));
  CHECK_THROWS_WITH(rsa::shape_distance(x, y.slice(0, 0, 9), 1), Catch::Contains("as many stimuli, got 15 and 9"));
  CHECK_THROWS_WITH(rsa::shape_distance(x, y * NAN, 1), Catch::Contains("procrustes: expected finite numbers"));
  CHECK_THROWS_WITH(rsa::shape_distance(x, y, 2), Catch::Contains("alpha: expected 0 to 1, got 2"));
}
