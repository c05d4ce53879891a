// GSN against recorded runs of an implementation that equals the published toolbox.
#include "stats/gsn.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"

using namespace brain;

namespace {

struct Sizes {
  const char* name;
  std::int64_t units, conditions;
};

}  // namespace

TEST_CASE("three recorded runs, both variants") {
  for (const Sizes& s : {Sizes{"a", 20, 60}, {"b", 40, 30}, {"c", 60, 40}}) {
    const std::string path = shared_path(std::string("data/conwell/fixtures/gsn_") + s.name + ".h5");
    if (path.empty()) return;
    INFO(s.name);
    const Hdf5File file(path);
    const auto matrix = [&](const std::string& name) {
      return at::tensor(file.numbers(name), at::kDouble).view({s.units, s.units});
    };
    const auto list = [&](const std::string& name) { return at::tensor(file.numbers(name), at::kDouble); };
    const at::Tensor trials =
        at::tensor(file.numbers("data"), at::kDouble).view({s.units, s.conditions, 3}).permute({1, 2, 0});
    const auto got = stats::gsn(trials);
    CHECK(got.noise_shrinkage == Approx(file.numbers("shrinklevelN")[0]).epsilon(1e-12));
    CHECK(got.data_shrinkage == Approx(file.numbers("shrinklevelD")[0]).epsilon(1e-12));
    CHECK(got.iterations == static_cast<std::int64_t>(file.numbers("numiters")[0]));
    // Where a covariance is all but singular, its likelihoods are of rounding.
    const auto agrees = [](const at::Tensor& a, const at::Tensor& b) {
      const at::Tensor kept = at::nonzero(b.isnan().logical_not() & a.isnan().logical_not() & b.lt(1e3)).flatten();
      CHECK(kept.numel() >= 45);
      CHECK(near(a.index_select(0, kept), b.index_select(0, kept), 1e-9));
    };
    agrees(got.noise_likelihood, list("nllN"));
    agrees(got.data_likelihood, list("nllD"));
    CHECK(near(got.raw_noise_covariance, matrix("cN"), 1e-11, 1e-13));
    CHECK(near(got.data_covariance, matrix("cD"), 1e-11, 1e-13));
    CHECK(near(got.raw_signal_covariance, matrix("cS"), 1e-10, 1e-13));
    CHECK(near(got.noise_covariance, matrix("cNb"), 1e-8, 1e-10));
    CHECK(near(got.signal_covariance, matrix("cSb"), 1e-8, 1e-9));
    CHECK(near(got.signal_mean, list("mnS"), 1e-12, 1e-14));
    CHECK(near(got.ncsnr, list("ncsnr"), 1e-11, 1e-13));
    CHECK(near(stats::ncsnr(trials), list("ncsnr"), 1e-11, 1e-13));
    CHECK(near(stats::gsn(trials, stats::GsnVariant::nearest).signal_covariance, matrix("cSb_2022"), 1e-8, 1e-9));
  }
}

TEST_CASE("one unit, and what cannot be estimated") {
  const at::Tensor signal = normals({400, 1, 1}) * 2, trials = signal + normals({400, 3, 1}, 2);
  const auto got = stats::gsn(trials);
  // true variances 4 and 1; the standard error of the first is about 0.3
  CHECK(got.signal_covariance.item<double>() == Approx(4).margin(1));
  CHECK(got.noise_covariance.item<double>() == Approx(1).margin(0.2));
  CHECK_THROWS_WITH(stats::gsn(normals({4, 3, 2})), Catch::Contains("at least 5 conditions and 2 trials, got [4, 3, 2]"));
  CHECK_THROWS_WITH(stats::gsn(at::ones({10, 3, 4})), Catch::Contains("expected units that vary, and unit 0 does not"));
  at::Tensor uneven = trials.clone();
  uneven[3][2] = NAN;
  CHECK_THROWS_WITH(stats::gsn(uneven), Catch::Contains("as many trials of every condition"));
  const at::Tensor bad = at::tensor({1.0, 2.0, 2.0, 1.0}, at::kDouble).view({2, 2});
  const at::Tensor expected = at::full({2, 2}, 1.5, at::kDouble);  // eigenvalues 3 and -1
  CHECK(near(stats::nearest_positive(bad), expected, 0, 1e-9));
}
