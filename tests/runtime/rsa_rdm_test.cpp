// RDMs against loops over pairs.
#include "rsa/rdm.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/memory.h"
#include "numbers.h"

using namespace brain;

namespace {

at::Tensor slow(const at::Tensor& x, const std::string& distance) {
  std::vector<double> list;
  for (int i = 0; i < x.size(0); ++i) {
    for (int j = i + 1; j < x.size(0); ++j) {
      at::Tensor a = x[i], b = x[j];
      const double squared = (a - b).square().sum().item<double>();
      if (distance == "correlation") a = a - a.mean(), b = b - b.mean();
      if (distance == "correlation" || distance == "cosine")
        list.push_back(1 - (a.dot(b) / (a.norm() * b.norm())).item<double>());
      else if (distance == "manhattan") list.push_back((a - b).abs().sum().item<double>());
      else if (distance == "euclidean") list.push_back(std::sqrt(squared));
      else list.push_back(distance == "sqeuclidean" ? squared : squared / static_cast<double>(x.size(1)));
    }
  }
  return at::tensor(list, at::kDouble);
}

}  // namespace

TEST_CASE("every distance, over several blocks and bands") {
  // 300 conditions are several bands of rows; a block holds 6990 features of them.
  const at::Tensor x = numbers({7, 31}), tall = numbers({300, 12}), wide = numbers({300, 7100}, 2);
  for (const std::string name : {"correlation", "cosine", "euclidean", "sqeuclidean", "sqeuclidean_mean", "manhattan"}) {
    const auto distance = rsa::distance_of(name);
    INFO(name);
    CHECK(near(rsa::rdm(x, distance), slow(x, name), 1e-11, 1e-13));
    CHECK(near(rsa::rdm(tall, distance), slow(tall, name), 1e-10, 1e-12));
    CHECK(near(rsa::rdm(wide, distance).slice(0, 0, 20), slow(wide.slice(0, 0, 21), name).slice(0, 0, 20),
               1e-11, 1e-12));
    CHECK(near(rsa::rdm(at::stack({x, x + 1}), distance)[0], rsa::rdm(x, distance)));
    // float32 patterns: sums are float64, so only the rounding of the patterns themselves counts
    CHECK(near(rsa::rdm(x.to(at::kFloat), distance), rsa::rdm(x.to(at::kFloat).to(at::kDouble), distance),
               1e-13, 1e-15));
    CHECK(rsa::rdm(x.to(at::kHalf), distance).scalar_type() == at::kDouble);
  }
}

TEST_CASE("a large offset costs no digits") {
  const at::Tensor x = numbers({6, 500});
  CHECK(near(rsa::rdm(x + 1e6, rsa::Distance::sqeuclidean), slow(x, "sqeuclidean"), 1e-7));
  CHECK(near(rsa::rdm(x + 1e6, rsa::Distance::correlation), slow(x, "correlation"), 1e-7));
}

TEST_CASE("conditions without a direction are NaN, equal ones exactly 0") {
  at::Tensor x = numbers({4, 9});
  x[1].fill_(0.1);
  x[3].copy_(x[0]);
  const at::Tensor correlation = rsa::rdm(x.to(at::kFloat), rsa::Distance::correlation);
  CHECK(at::equal(correlation.isnan().to(at::kLong), at::tensor({1, 0, 0, 1, 1, 0}, at::kLong)));
  CHECK(std::fabs(correlation[2].item<double>()) < 1e-15);
  x[1].zero_();
  CHECK(rsa::rdm(x, rsa::Distance::cosine)[0].isnan().item<bool>());
  CHECK(rsa::rdm(x, rsa::Distance::euclidean)[2].item<double>() == Approx(0).margin(1e-7));
}

TEST_CASE("mahalanobis by the inverse, and of a diagonal; poisson pair by pair") {
  const at::Tensor x = numbers({6, 8}), weights = numbers({8}, 3).square() + 0.1;
  rsa::RdmOptions options;
  options.precision = at::diag(weights);
  const at::Tensor full = rsa::rdm(x, rsa::Distance::mahalanobis, options);
  CHECK(near(full, rsa::rdm(x * weights.sqrt(), rsa::Distance::sqeuclidean_mean), 1e-11, 1e-13));
  options.precision = weights;
  CHECK(near(rsa::rdm(x, rsa::Distance::mahalanobis, options), full, 1e-11, 1e-13));
  options.precision = at::eye(3);
  CHECK_THROWS_WITH(rsa::rdm(x, rsa::Distance::mahalanobis, options),
                    Catch::Contains("expected a precision [8, 8] or [8], got [3, 3]"));
  CHECK_THROWS_WITH(rsa::rdm(x, rsa::Distance::mahalanobis), Catch::Contains("mahalanobis: expected noise"));
  const at::Tensor counts = (x * 10).abs().floor(), rates = (counts + 0.5 * 0.2) / 1.2;
  options.prior_rate = 0.5;
  options.prior_weight = 0.2;
  const double expected = (rates[0] - rates[5]).dot(rates[0].log() - rates[5].log()).item<double>() / 8;
  CHECK(rsa::rdm(counts, rsa::Distance::poisson, options)[4].item<double>() == Approx(expected).epsilon(1e-12));
  CHECK_THROWS_WITH(rsa::rdm(x, rsa::Distance::poisson), Catch::Contains("expected counts of at least 0"));
}

TEST_CASE("features that come in parts") {
  at::Tensor x = numbers({7, 90}) + 3;
  x.slice(1, 40) += 1e6;  // the parts have means far apart
  for (const char* name : {"correlation", "cosine", "euclidean", "sqeuclidean", "sqeuclidean_mean"}) {
    const auto distance = rsa::distance_of(name);
    auto all = rsa::products_of(x.slice(1, 0, 5), distance);
    for (const auto& [from, to] : {std::pair{5, 40}, {40, 41}, {41, 90}})
      all = rsa::joined(all, rsa::products_of(x.slice(1, from, to), distance));
    INFO(name);
    // Of values of 1e6 the last digits of their differences are lost: 1e-16 * 1e6.
    CHECK(near(rsa::rdm_of_products(all, distance), rsa::rdm(x, distance), 1e-9, 1e-12));
  }
}

TEST_CASE("half a million features are never a float64 copy") {
  const std::int64_t n = 64, p = 600000;  // 146 MB; twice as much as float64
  at::Tensor x = at::empty({n, p}, at::kFloat);
  for (std::int64_t i = 0; i < n; ++i)
    x[i].copy_(at::arange(p, at::kFloat).mul_(1.0 + 0.001 * static_cast<double>(i)).sin_());
  for (const auto distance : {rsa::Distance::correlation, rsa::Distance::cosine, rsa::Distance::sqeuclidean}) {
    reset_peak_resident_memory();
    const std::int64_t before = peak_resident_memory();
    REQUIRE(rsa::rdm(x, distance).numel() == n * (n - 1) / 2);
    CHECK(peak_resident_memory() - before < std::int64_t{100} << 20);
  }
}

TEST_CASE("patterns that have no RDM") {
  CHECK_THROWS_AS(rsa::rdm(numbers({5}), rsa::Distance::cosine), Error);
  CHECK_THROWS_AS(rsa::rdm(numbers({1, 5}), rsa::Distance::cosine), Error);
  CHECK_THROWS_WITH(rsa::distance_of("corelation"), Catch::Contains("expected correlation, cosine"));
}
