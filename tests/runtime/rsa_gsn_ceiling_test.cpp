// GSN's ceiling against the true one of simulated data, and split halves against recorded figures.
#include "rsa/gsn_ceiling.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "hdf5_file.h"
#include "numbers.h"

using namespace brain;

TEST_CASE("split halves as recorded, and the true ceiling from known covariances") {
  for (const auto& [name, units, conditions] : {std::tuple{"a", 20, 60}, {"b", 40, 30}, {"c", 60, 40}}) {
    const std::string path = shared_path(std::string("data/conwell/fixtures/gsn_") + name + ".h5");
    if (path.empty()) return;
    INFO(name);
    const Hdf5File file(path);
    const auto matrix = [&](const std::string& of) {
      return at::tensor(file.numbers(of), at::kDouble).view({units, units});
    };
    const at::Tensor trials =
        at::tensor(file.numbers("data"), at::kDouble).view({units, conditions, 3}).permute({1, 2, 0});
    auto gsn = stats::gsn(trials);
    rsa::GsnCeilingOptions options;
    const auto got = rsa::gsn_ceiling(trials, gsn, options);
    CHECK(got.data_reliability == Approx(file.numbers("splitr")[0]).epsilon(1e-10));
    CHECK(got.ceiling > 0);
    CHECK(got.ceiling < 1);
    // With the covariances the data were drawn from: the medians of 400 simulations each have a standard error of
    // about .004.
    gsn.signal_covariance = matrix("true_signal_cov"), gsn.noise_covariance = matrix("true_noise_cov");
    gsn.signal_mean = at::zeros({units}, at::kDouble);
    options.scale = false, options.simulations = 400;
    const auto known = rsa::gsn_ceiling(trials, gsn, options);
    CHECK(known.scale == 1);
    CHECK(known.ceiling == Approx(file.numbers("true_rsa_nc")[0]).margin(0.02));
    CHECK(at::equal(rsa::gsn_ceiling(trials, gsn, options).correlations, known.correlations));
  }
}

TEST_CASE("the scale finds the data's reliability; what is refused") {
  const at::Tensor signal = normals({60, 1, 12}), trials = signal + normals({60, 4, 12}, 2);
  const auto gsn = stats::gsn(trials);
  const auto got = rsa::gsn_ceiling(trials, gsn);
  // one part signal to a quarter of noise, patterns of 12 units
  CHECK(got.ceiling == Approx(0.8).margin(0.08));
  CHECK(got.scale == Approx(1).margin(0.35));
  rsa::GsnCeilingOptions options;
  options.simulations = 0;
  CHECK_THROWS_WITH(rsa::gsn_ceiling(trials, gsn, options), Catch::Contains("at least 1 simulation"));
}
