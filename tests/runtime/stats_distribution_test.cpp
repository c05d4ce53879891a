// Closed forms, SciPy's figures, and inverses.
#include "stats/distribution.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace brain::stats;

TEST_CASE("Student's t") {
  const double pi = std::acos(-1.0);
  for (const double t : {-30.0, -1.0, 0.0, 0.3, 2.0, 500.0}) {
    CHECK(student_t_above(t, 1) == Approx(0.5 - std::atan(t) / pi).epsilon(1e-12).margin(1e-16));  // Cauchy
    CHECK(student_t_above(t, 2) == Approx(0.5 - t / (2 * std::sqrt(2 + t * t))).epsilon(1e-9).margin(1e-16));
  }
  // scipy.stats.t.sf and isf
  CHECK(student_t_above(3.0, 7.5) == Approx(0.009195469304102253).epsilon(1e-12));
  CHECK(student_t_above(12, 30) == Approx(2.7900927075996303e-13).epsilon(1e-11));
  CHECK(student_t_above(1.96, 1e5) ==
        Approx(0.02499928159715084).epsilon(1e-9));  // the log-gammas are near 5e5
  CHECK(student_t_quantile_above(0.025, 9) == Approx(2.2621571627982053).epsilon(1e-12));
  for (const double df : {1.0, 3.0, 9.0, 14.2, 200.0}) {
    for (const double p : {1e-8, 0.001, 0.025, 0.5, 0.8})
      CHECK(student_t_above(student_t_quantile_above(p, df), df) == Approx(p).epsilon(1e-10));
  }
  CHECK(std::isnan(student_t_above(NAN, 3)));
  CHECK(std::isnan(student_t_above(1, 0)));
  CHECK(student_t_above(INFINITY, 4) == 0);
}

TEST_CASE("noncentral t") {
  // scipy.stats.nct.sf
  CHECK(noncentral_t_above(2, 10, 1.5) == Approx(0.340845927557809).epsilon(1e-10));
  CHECK(noncentral_t_above(1.5, 4, -0.5) == Approx(0.04337356266476112).epsilon(1e-10));
  CHECK(noncentral_t_above(-1, 3, 0.7) == Approx(0.9352731183314662).epsilon(1e-10));
  CHECK(noncentral_t_above(2.2281388519649385, 10, 3) == Approx(0.7714002186003575).epsilon(1e-10));
  for (const double df : {1.0, 2.5, 40.0, 5000.0})
    for (const double t : {-2.0, 0.0, 0.7, 3.0})
      CHECK(noncentral_t_above(t, df, 0) == Approx(student_t_above(t, df)).epsilon(1e-10));
  CHECK(std::isnan(noncentral_t_above(1, 0, 0)));
}

TEST_CASE("normal and binomial") {
  CHECK(normal_quantile_above(0.025) == Approx(1.959963984540054).epsilon(1e-13));
  CHECK(normal_quantile_above(0.9) == Approx(-1.2815515655446004).epsilon(1e-13));
  double sum = 0;
  for (int k = 0; k <= 20; ++k) {
    sum += std::exp(std::lgamma(21.0) - std::lgamma(k + 1.0) - std::lgamma(21.0 - k) + k * std::log(0.3) +
                    (20 - k) * std::log(0.7));
    CHECK(binomial_at_most(k, 20, 0.3) == Approx(sum).epsilon(1e-11));
  }
  CHECK(binomial_at_most(-1, 20, 0.3) == 0);
  CHECK(incomplete_beta(0.25, 1, 1) == Approx(0.25).epsilon(1e-14));
  CHECK(incomplete_beta(0.3, 2, 5) == Approx(0.579825).epsilon(1e-12));  // 1 - sum of a binomial, exact
}

TEST_CASE("F: squares of t, and the closed form of two numerator degrees") {
  for (const double t : {0.3, 1.7, 4.2})
    CHECK(f_above(t * t, 1, 7.5) == Approx(2 * student_t_above(t, 7.5)).epsilon(1e-12));
  // P(F > f) with 2 and b degrees is (1 + 2 f / b)^(-b / 2)
  for (const double f : {0.2, 3.0, 20.0})
    CHECK(f_above(f, 2, 9) == Approx(std::pow(1 + 2 * f / 9, -4.5)).epsilon(1e-12));
  CHECK(f_above(0, 3, 4) == 1);
  CHECK(std::isnan(f_above(1, 0, 4)));
}
