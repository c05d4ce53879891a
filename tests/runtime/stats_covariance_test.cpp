// Covariances against rsatoolbox's figures and the definitions written out row by row.
#include "stats/covariance.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"

using namespace brain;
using stats::CovarianceEstimator;

namespace {

at::Tensor read(const Hdf5File& file, const std::string& name, at::IntArrayRef shape) {
  return at::tensor(file.numbers(name), at::kDouble).view(shape);
}

}  // namespace

TEST_CASE("covariances of rsatoolbox, from residuals and from measurements") {
  const std::string path = shared_path("data/peers/golden/golden_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const at::Tensor residuals = read(file, "calc/in/residuals", {60, 15});
  for (const std::string name : {"full", "diag", "shrinkage_eye", "shrinkage_diag"}) {
    INFO(name);
    const auto got = stats::covariance(residuals, stats::covariance_estimator_of(name, "covariance"));
    CHECK(near(got.matrix, read(file, "calc/cov/" + name, {15, 15}), 1e-12, 1e-14));
    CHECK(got.degrees == 59);
  }
  const at::Tensor x = read(file, "calc/in/X", {48, 15});
  const at::Tensor conditions = read(file, "calc/in/conds", {48}).to(at::kLong);
  const auto of = [&](std::optional<std::int64_t> degrees) {
    return stats::covariance(x, CovarianceEstimator::schaefer_strimmer, conditions, degrees);
  };
  CHECK(of({}).degrees == 36);
  CHECK(near(of({}).matrix, read(file, "calc/cov/from_unbalanced_shrinkage_diag", {15, 15})));
  // With repetitions in an array of their own rsatoolbox divides by 44 instead of 12 (4 - 1).
  CHECK(near(at::diag(of(44).matrix),
             at::diag(read(file, "calc/cov/from_measurements_shrinkage_diag", {15, 15}))));
}

TEST_CASE("shrinkage by the definitions") {
  const at::Tensor raw = normals({20, 6}), x = raw - raw.mean(0);
  const double n = 20, dof = 19;
  at::Tensor squares = at::zeros({6, 6}, at::kDouble);
  for (int r = 0; r < 20; ++r)
    squares += at::outer(x[r], x[r]).square();
  const at::Tensor s = x.t().matmul(x) / n, eye = at::eye(6, at::kDouble), off = 1 - eye;
  const at::Tensor target = eye * (s.trace() / 6);
  const double d2 = (s - target).square().sum().item<double>();
  const double b2 = std::min(d2, ((squares / n - s.square()).sum() / n).item<double>());
  const auto lw = stats::covariance(raw, CovarianceEstimator::ledoit_wolf);
  CHECK(lw.shrinkage == Approx(b2 / d2).epsilon(1e-12));
  CHECK(near(lw.matrix, (target * (b2 / d2) + s * (1 - b2 / d2)) * (n / dof)));
  const at::Tensor sample = s * (n / dof), sd = sample.diagonal().sqrt(), r = sample / at::outer(sd, sd);
  const at::Tensor variance_of_r =
      n / (dof * dof * dof) * (squares / at::outer(sd, sd).square() - dof * r.square());
  const double weight = ((variance_of_r * off).sum() / (r.square() * off).sum()).item<double>();
  const auto ss = stats::covariance(raw, CovarianceEstimator::schaefer_strimmer);
  CHECK(ss.shrinkage == Approx(std::min(1.0, weight)).epsilon(1e-12));
  CHECK(near(ss.matrix, sample * (eye + (1 - ss.shrinkage) * off)));
}

TEST_CASE("precision: the inverse, or what to do") {
  const at::Tensor x = normals({30, 5});
  const at::Tensor s = stats::covariance(x, CovarianceEstimator::full).matrix;
  CHECK(near(stats::precision(s, "noise").matmul(s), at::eye(5, at::kDouble), 1e-10, 1e-10));
  CHECK_THROWS_WITH(
      stats::precision(stats::covariance(x.slice(0, 0, 4), CovarianceEstimator::full).matrix, "noise"),
      Catch::Contains("noise: the covariance of 5 features is not positive definite; shrink it"));
  CHECK_THROWS_WITH(stats::covariance(x, CovarianceEstimator::full, at::arange(30)),
                    Catch::Contains("expected rows repeated in each condition, got 30 rows of 30 conditions"));
  CHECK_THROWS_WITH(stats::covariance_estimator_of("oas", "covariance"), Catch::Contains("got 'oas'"));
  at::Tensor hole = x.clone();
  hole[3][2] = NAN;
  CHECK_THROWS_WITH(stats::covariance(hole, CovarianceEstimator::full), Catch::Contains("NaN"));
}
