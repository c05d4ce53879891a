// Linear discriminants against the defining formula.
#include "rsa/lda.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "numbers.h"

using namespace brain;

TEST_CASE("direction and offset are those of the pooled covariance and the priors") {
  const std::int64_t d = 4;
  const at::Tensor a = numbers({9, d}), b = numbers({6, d}, 2) + 0.3;
  rsa::Lda lda(d);
  for (int round = 0; round < 2; ++round) {  // one object, several problems
    lda.clear();
    for (int i = 0; i < 9; ++i)
      lda.add(a.const_data_ptr<double>() + i * d, false);
    for (int i = 0; i < 6; ++i)
      lda.add(b.const_data_ptr<double>() + i * d, true);
    REQUIRE(lda.fit());
  }
  const at::Tensor m0 = a.mean(0), m1 = b.mean(0), a0 = a - m0, b0 = b - m1;
  const at::Tensor covariance = (a0.t().matmul(a0) + b0.t().matmul(b0)) / 13;
  const at::Tensor w = at::linalg_solve(covariance, m1 - m0);
  for (const auto& x : {a[0], b[5], at::zeros({d}, at::kDouble)}) {
    const double expected = w.dot(x - (m0 + m1) / 2).item<double>() + std::log(6.0 / 9);
    CHECK(lda.decision(x.const_data_ptr<double>()) == Approx(expected).epsilon(1e-10));
  }
}

TEST_CASE("too few points for the dimensions") {
  const at::Tensor x = numbers({6, 5});
  rsa::Lda lda(5);
  for (int i = 0; i < 6; ++i)
    lda.add(x.const_data_ptr<double>() + i * 5, i % 2);
  CHECK(!lda.fit());
}
