// Second moments against the patterns they come from, matrix roots, and rsatoolbox's figures.
#include "rsa/second_moment.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"
#include "rsa/compare.h"
#include "rsa/pairs.h"
#include "rsa/rdm.h"

using namespace brain;
using rsa::Comparison;

namespace {

at::Tensor read(const Hdf5File& file, const std::string& name, at::IntArrayRef shape) {
  return at::tensor(file.numbers(name), at::kDouble).view(shape);
}

at::Tensor root(const at::Tensor& g) {
  const auto [values, vectors] = at::linalg_eigh(g);
  return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
}

}  // namespace

TEST_CASE("second moments are those of the centred patterns, Bures distances those of Procrustes") {
  const at::Tensor x = normals({7, 20}), y = normals({7, 15}, 2);
  const at::Tensor a = rsa::rdm(x, rsa::Distance::sqeuclidean).unsqueeze(0),
                   b = rsa::rdm(y, rsa::Distance::sqeuclidean).unsqueeze(0);
  const at::Tensor cx = x - x.mean(0), cy = y - y.mean(0), gx = cx.matmul(cx.t()), gy = cy.matmul(cy.t());
  CHECK(near(rsa::second_moments(a)[0], gx, 1e-11, 1e-12));
  const double fidelity = root(root(gx).matmul(gy).matmul(root(gx))).trace().item<double>(),
               tx = gx.trace().item<double>(), ty = gy.trace().item<double>();
  CHECK(rsa::bures_similarity(a, b).item<double>() == Approx(fidelity / std::sqrt(tx * ty)).epsilon(1e-8));
  // min over rotations R of |cx R - cy|^2 = tr + tr - 2 |cx' cy|_*
  const double nuclear = at::linalg_svdvals(cx.t().matmul(cy)).sum().item<double>();
  CHECK(rsa::bures_distance(a, b).item<double>() == Approx(tx + ty - 2 * nuclear).epsilon(1e-11));
  CHECK(rsa::bures_distance(a, a).item<double>() == Approx(0).margin(1e-11 * tx));
  at::Tensor holed = a.clone();
  holed[0][3] = NAN;
  CHECK_THROWS_WITH(rsa::compare(holed, b, Comparison::bures), Catch::Contains("some are missing"));
}

TEST_CASE("the Riemannian distance forgives scale and noise") {
  const at::Tensor x = normals({8, 30}), a = rsa::rdm(x, rsa::Distance::sqeuclidean).unsqueeze(0);
  // Adding 2 Sigma = 2 I to the second moment adds 4 to every squared distance.
  CHECK(rsa::riemannian_distance(a, 3 * a + 4).item<double>() == Approx(0).margin(1e-6));
  const at::Tensor variances = normals({8}, 3).square() + 0.1;
  const at::Tensor noise = rsa::condensed(
      (variances.unsqueeze(0) + variances.unsqueeze(1)) * (1 - at::eye(8, at::kDouble)), "noise");
  CHECK(rsa::riemannian_distance(a, a + 5 * noise, variances).item<double>() == Approx(0).margin(1e-6));
  CHECK(rsa::riemannian_distance(a, rsa::rdm(x.slice(1, 0, 3), rsa::Distance::sqeuclidean).unsqueeze(0)).isnan().item<bool>());
}

TEST_CASE("Bures and Riemannian comparisons of rsatoolbox") {
  const std::string path = shared_path("data/peers/golden/golden_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor brain = read(file, "compare92/in/brain", {8, 4186}),
                   models = read(file, "compare92/in/models", {8, 4186});
  // Its matrix roots lose digits where eigenvalues are almost 0. Some models are no squared Euclidean distances:
  // rsatoolbox then takes roots of negative eigenvalues, and only positive moments are compared here.
  const at::Tensor whole = at::linalg_eigvalsh(rsa::second_moments(models)).amin(1).gt(-1e-9);
  const at::Tensor rows = at::nonzero(whole).flatten();
  REQUIRE(rows.numel() >= 3);
  for (const std::string name : {"bures", "bures_metric"}) {
    const at::Tensor got = rsa::compare(models, brain, rsa::comparison_of(name, "compare"));
    CHECK(near(got.index_select(0, rows), read(file, "compare92/out/" + name, {8, 8}).index_select(0, rows), 1e-6, 1e-7));
  }
  // Nelder and Mead stop 1e-4 from the best parameters, which costs the distance about the square of that.
  const at::Tensor a = read(file, "compare_riem/a", {2, 28}), b = read(file, "compare_riem/b", {3, 28});
  const at::Tensor got = rsa::compare(a, b, Comparison::neg_riem_dist),
                   expected = read(file, "compare_riem/neg_riem_dist", {2, 3});
  CHECK(near(got, expected, 1e-8));
  CHECK(got.ge(expected - 1e-9).all().item<bool>());
}
