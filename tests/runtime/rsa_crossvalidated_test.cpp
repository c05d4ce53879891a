// Distances across folds against rsatoolbox's figures and sums over pairs of measurements.
#include "rsa/crossvalidated.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"
#include "rsa/pairs.h"
#include "rsa/rdm.h"

using namespace brain;

namespace {

at::Tensor read(const Hdf5File& file, const std::string& name, at::IntArrayRef shape) {
  return at::tensor(file.numbers(name), at::kDouble).view(shape);
}

// The mean of a P b' over measurements of conditions i and j in different folds, pair by pair.
at::Tensor slow(const at::Tensor& x, const at::Tensor& conditions, const at::Tensor& folds,
                const at::Tensor& precision) {
  const auto n = conditions.max().item<std::int64_t>() + 1;
  at::Tensor sums = at::zeros({n, n}, at::kDouble), counts = at::zeros({n, n}, at::kDouble);
  for (std::int64_t a = 0; a < x.size(0); ++a) {
    for (std::int64_t b = 0; b < x.size(0); ++b) {
      if (folds[a].item<std::int64_t>() == folds[b].item<std::int64_t>()) continue;
      const auto i = conditions[a].item<std::int64_t>(), j = conditions[b].item<std::int64_t>();
      sums[i][j] += x[a].dot(precision.matmul(x[b]));
      counts[i][j] += 1;
    }
  }
  const at::Tensor k = sums / counts;
  std::vector<double> list;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j)
      list.push_back((k[i][i] + k[j][j] - k[i][j] - k[j][i]).item<double>() / static_cast<double>(x.size(1)));
  }
  return at::tensor(list, at::kDouble);
}

}  // namespace

TEST_CASE("distances of rsatoolbox with noise and folds") {
  const std::string path = shared_path("data/peers/golden/golden_rsatoolbox.h5");
  if (path.empty()) return;
  const Hdf5File file(path);
  const auto in = [&](const std::string& name, at::IntArrayRef shape) { return read(file, "calc/in/" + name, shape); };
  const auto out = [&](const std::string& name) { return read(file, "calc/out/" + name, {66}); };
  const at::Tensor x = in("X", {48, 15}), counts = in("counts", {48, 15});
  const at::Tensor conditions = in("conds", {48}).to(at::kLong), runs = in("runs", {48}).to(at::kLong);
  const at::Tensor precision = in("precision", {15, 15});
  const auto folds = rsa::fold_sums(x, conditions, runs);
  CHECK(near(rsa::crossnobis(folds), out("crossnobis_identity"), 1e-11, 1e-13));
  CHECK(near(rsa::crossnobis(folds, precision), out("crossnobis"), 1e-11, 1e-13));
  CHECK(near(rsa::crossnobis(folds, precision), out("unbalanced_crossnobis"), 1e-11, 1e-13));
  CHECK(near(rsa::crossnobis(folds, in("precision_per_run", {4, 15, 15})), out("crossnobis_precision_per_run"), 1e-10,
             1e-12));
  // Rows come run by run and condition by condition.
  CHECK(near(rsa::crossnobis(rsa::balanced_folds(x.view({4, 12, 15})), precision), out("crossnobis"), 1e-11, 1e-13));
  const at::Tensor means = x.view({4, 12, 15}).mean(0), rates = counts.view({4, 12, 15});
  rsa::RdmOptions options;
  options.precision = precision;
  CHECK(near(rsa::rdm(means, rsa::Distance::mahalanobis, options), out("mahalanobis"), 1e-12, 1e-13));
  CHECK(near(rsa::rdm(means, rsa::Distance::sqeuclidean_mean), out("unbalanced_euclidean"), 1e-12, 1e-13));
  CHECK(near(rsa::rdm(rates.mean(0), rsa::Distance::poisson), out("poisson"), 1e-12, 1e-13));
  // rsatoolbox gives what its last fold gave; the mean over folds is meant.
  std::vector<at::Tensor> each;
  for (int f = 0; f < 4; ++f) {
    const at::Tensor others = (rates.sum(0) - rates[f]) / 3;
    const at::Tensor a = (others + 0.1) / 1.1, b = ((rates[f] + 0.1) / 1.1).log();
    std::vector<double> list;
    for (int i = 0; i < 12; ++i) {
      for (int j = i + 1; j < 12; ++j)
        list.push_back((a[i] - a[j]).dot(b[i] - b[j]).item<double>() / 15);
    }
    each.push_back(at::tensor(list, at::kDouble));
  }
  CHECK(near(each[3], out("poisson_cv_LASTFOLD_ONLY"), 1e-11, 1e-13));
  CHECK(near(rsa::poisson_crossvalidated(rsa::fold_sums(counts, conditions, runs)), at::stack(each).mean(0), 1e-11,
             1e-13));
}

TEST_CASE("crossnobis of unequal numbers of measurements, pair by pair") {
  const at::Tensor x = normals({17, 5}) + 3;
  const at::Tensor conditions = at::tensor({0, 1, 2, 3, 0, 1, 2, 3, 3, 0, 2, 1, 0, 1, 2, 2, 0}, at::kLong),
                   folds = at::tensor({0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}, at::kLong);
  const at::Tensor root = normals({5, 5}, 2), precision = root.matmul(root.t());
  const auto sums = rsa::fold_sums(x, conditions, folds);
  CHECK(near(rsa::crossnobis(sums, precision), slow(x, conditions, folds, precision), 1e-10, 1e-11));
  CHECK(near(rsa::crossnobis(sums), slow(x, conditions, folds, at::eye(5, at::kDouble)), 1e-10, 1e-11));
  const at::Tensor weights = at::tensor({1.0, 2.0, 0.5, 3.0, 1.5}, at::kDouble);
  CHECK(near(rsa::crossnobis(sums, weights), slow(x, conditions, folds, at::diag(weights)), 1e-10, 1e-11));
  CHECK(near(rsa::crossnobis(rsa::fold_sums(x.to(at::kFloat), conditions, folds), precision),
             slow(x.to(at::kFloat).to(at::kDouble), conditions, folds, precision), 1e-10, 1e-11));
  // A condition of one fold has no distance; the others keep theirs.
  const at::Tensor lone = rsa::crossnobis(rsa::fold_sums(x, at::where(folds.eq(3), 4, conditions), folds));
  CHECK(lone.isnan().sum().item<std::int64_t>() == 4);
}

TEST_CASE("what crossnobis refuses") {
  const auto folds = rsa::balanced_folds(normals({3, 4, 5}));
  CHECK_THROWS_WITH(rsa::crossnobis(rsa::balanced_folds(normals({1, 4, 5}))),
                    Catch::Contains("crossnobis: expected at least 2 folds, got 1"));
  CHECK_THROWS_WITH(rsa::crossnobis(folds, normals({2, 5, 5})),
                    Catch::Contains("expected a precision [5], [5, 5] or [3, 5, 5], one for each fold, got [2, 5, 5]"));
  at::Tensor hole = normals({3, 4, 5});
  hole[1][2][3] = NAN;
  CHECK_THROWS_WITH(rsa::crossnobis(rsa::balanced_folds(hole)), Catch::Contains("crossnobis: x holds NaN"));
  CHECK_THROWS_WITH(rsa::poisson_crossvalidated(folds), Catch::Contains("expected counts of at least 0"));
}
