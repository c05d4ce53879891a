// The whitened products against the matrix of pairs itself, and rsatoolbox's figures.
#include "rsa/whitened.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"
#include "rsa/compare.h"
#include "rsa/pairs.h"

using namespace brain;
using rsa::Comparison;

namespace {

at::Tensor read(const Hdf5File& file, const std::string& name, at::IntArrayRef shape) {
  return at::tensor(file.numbers(name), at::kDouble).view(shape);
}

// x' V^-1 y / sqrt(x' V^-1 x  y' V^-1 y) with V of the pairs that are there, written out.
at::Tensor slow(at::Tensor a, at::Tensor b, const at::Tensor& sigma, bool centre) {
  const std::int64_t n = sigma.size(0);
  at::Tensor c = at::zeros({rsa::pairs_of(n), n}, at::kDouble);
  for (std::int64_t i = 0, row = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j, ++row)
      c[row][i] = 1, c[row][j] = -1;
  }
  const at::Tensor kept = at::nonzero((a.isnan().any(0) | b.isnan().any(0)).logical_not()).flatten();
  const at::Tensor v = c.matmul(sigma).matmul(c.t()).square().index_select(0, kept).index_select(1, kept);
  a = a.index_select(1, kept), b = b.index_select(1, kept);
  if (centre) a = a - a.mean(1, true), b = b - b.mean(1, true);
  const at::Tensor inverse = at::linalg_inv(v), products = a.matmul(inverse).matmul(b.t());
  const at::Tensor length_a = (a.matmul(inverse) * a).sum(1).sqrt(), length_b = (b.matmul(inverse) * b).sum(1).sqrt();
  return products / at::outer(length_a, length_b);
}

}  // namespace

TEST_CASE("any pattern covariance, complete and with missing pairs") {
  const at::Tensor a = normals({3, 66}).square(), b = normals({2, 66}, 2).square();
  const at::Tensor root = normals({12, 12}, 3), full = root.matmul(root.t()) + at::eye(12, at::kDouble),
                   diagonal = normals({12}, 4).square() + 0.2;
  at::Tensor holed = a.clone();
  for (const int place : {0, 1, 2, 17, 40, 65})
    holed[place % 3][place] = NAN;
  for (const auto method : {Comparison::cosine_cov, Comparison::corr_cov}) {
    const bool centre = method == Comparison::corr_cov;
    for (const at::Tensor& x : {a, holed}) {
      CHECK(near(rsa::compare(x, b, method), slow(x, b, at::eye(12, at::kDouble), centre), 1e-10, 1e-12));
      CHECK(near(rsa::compare(x, b, method, diagonal), slow(x, b, at::diag(diagonal), centre), 1e-10, 1e-12));
      CHECK(near(rsa::compare(x, b, method, full), slow(x, b, full, centre), 1e-9, 1e-11));
    }
  }
  CHECK_THROWS_WITH(rsa::compare(a, b, Comparison::cosine_cov, normals({11})),
                    Catch::Contains("sigma: expected [12] or [12, 12], got [11]"));
  CHECK_THROWS_WITH(rsa::compare(a, b, Comparison::cosine_cov, -full), Catch::Contains("positive definite"));
  CHECK_THROWS_WITH(rsa::compare(a, b, Comparison::pearson, full), Catch::Contains("sigma: expected method"));
}

TEST_CASE("whitened comparisons of rsatoolbox") {
  const std::string path = shared_path("data/peers/golden/golden_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor brain = read(file, "compare92/in/brain", {8, 4186}),
                   models = read(file, "compare92/in/models", {8, 4186});
  const at::Tensor drawn = read(file, "compare92_boot/in/pattern_idx", {92}).to(at::kLong);
  const std::vector<std::int64_t> places(drawn.const_data_ptr<std::int64_t>(),
                                         drawn.const_data_ptr<std::int64_t>() + 92);
  const at::Tensor some_brain = rsa::subset(brain, places), some_models = rsa::subset(models, places);
  for (const std::string name : {"cosine_cov", "corr_cov"}) {
    INFO(name);
    const auto method = rsa::comparison_of(name, "compare");
    CHECK(near(rsa::compare(models, brain, method), read(file, "compare92/out/" + name, {8, 8}), 1e-11));
    // rsatoolbox solves for the pairs left by conjugate gradients, to 1e-5 of the residual
    CHECK(near(rsa::compare(some_models, some_brain, method), read(file, "compare92_boot/out/" + name, {8, 8}), 0,
               1e-5));
  }
  const at::Tensor sigma = read(file, "compare92/in/sigma_k_2d", {92, 92});
  CHECK(near(rsa::compare(models.slice(0, 0, 2), brain.slice(0, 0, 1), Comparison::cosine_cov, sigma),
             read(file, "compare92/out/cosine_cov_sigma2d_CGtol1e5", {2, 1}), 0, 1e-5));
}
