// Flips against t-tests of flipped data.
#include "stats/sign_flips.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "numbers.h"

using namespace brain::stats;

namespace {

at::Tensor t_test(const at::Tensor& d) {
  return d.mean(0) / (d.std(0) / std::sqrt(static_cast<double>(d.size(0))));
}

}  // namespace

TEST_CASE("every flip of few subjects, random ones of many") {
  const at::Tensor d = numbers({5, 3});
  const SignFlips all(5, 32, 1);
  CHECK(all.exact);
  CHECK(all.count == 32);
  const at::Tensor signs = all.signs(0, 32);
  CHECK(std::get<0>(at::unique_dim(signs, 0)).size(0) == 32);
  CHECK(at::equal(signs[0], at::ones({5}, at::kDouble)));
  const at::Tensor t = t_of_signs(signs, d, d.square().sum(0));
  for (int k = 0; k < 32; ++k)
    CHECK(near(t[k], t_test(d * signs[k].unsqueeze(1)), 1e-10));
  CHECK(near(observed_t(d), t_test(d), 1e-10));

  const SignFlips some(5, 31, 1);
  CHECK(!some.exact);
  CHECK(at::equal(some.signs(0, 31).slice(0, 10), some.signs(10, 21)));
  CHECK(some.signs(0, 31).abs().eq(1).all().item<bool>());
}

TEST_CASE("the null of a statistic and its p") {
  const at::Tensor d = numbers({6, 40});
  const SignFlips flips(6, 64, 0);
  const auto largest = [](const double* t) { return *std::max_element(t, t + 40); };
  const auto null = flipped(d, flips, largest);
  REQUIRE(null.size() == 64);
  for (int k = 0; k < 64; ++k)
    CHECK(null[k] == Approx(t_test(d * flips.signs(k, 1)[0].unsqueeze(1)).max().item<double>()).epsilon(1e-10));
  CHECK(flips.p(null, null[0]) >= 1.0 / 64);
  CHECK(flips.p(null, 1e9) == 0);
  CHECK(SignFlips(6, 9, 0).p({1, 2, 3, 4, 5, 6, 7, 8, 9}, 8) == Approx(0.3));
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  CHECK(flipped(d, flips, largest) == null);
  at::set_num_threads(threads);
}
