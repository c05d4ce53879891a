#include "stats/distribution.h"

#include <cmath>
#include <limits>

namespace brain::stats {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double beta_fraction(double x, double a, double b) {
  constexpr double tiny = 1e-300;
  auto guarded = [](double v) { return std::fabs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / guarded(1 - (a + b) * x / (a + 1)), value = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    value *= d * c;
    if (std::fabs(d * c - 1) < 1e-16) break;
  }
  return value;
}

// The x at which the falling function f passes target, by bisection of an interval that is widened first.
template <class F>
double falling_inverse(F f, double target) {
  double low = -1, high = 1;
  while (f(low) < target && low > -1e300)
    low *= 2;
  while (f(high) > target && high < 1e300)
    high *= 2;
  for (int i = 0; i < 2000; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (f(middle) > target ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

double incomplete_beta(double x, double a, double b) {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0)) return kNaN;
  if (x == 0 || x == 1) return x;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a
                                   : 1 - front * beta_fraction(1 - x, b, a) / b;
}

double student_t_above(double t, double df) {
  if (std::isnan(t) || !(df > 0)) return kNaN;
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  const double tail = incomplete_beta(df / (df + t * t), df / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

double student_t_quantile_above(double p, double df) {
  if (!(p > 0 && p < 1 && df > 0)) return kNaN;
  if (p > 0.5) return -student_t_quantile_above(1 - p, df);
  return falling_inverse([df](double t) { return student_t_above(t, df); }, p);
}

double noncentral_t_above(double t, double df, double delta) {
  if (std::isnan(t) || std::isnan(delta) || !(df > 0)) return kNaN;
  // Of x = log sqrt(chi^2 / df) the density is proportional to exp(df (x - (exp(2 x) - 1) / 2)), highest at 0.
  const auto log_density = [df](double x) { return df * (x - std::expm1(2 * x) / 2); };
  double low = -1 / std::sqrt(df), high = -low;
  while (log_density(low) > -45)
    low *= 1.2;
  while (log_density(high) > -45)
    high *= 1.2;
  constexpr int kSteps = 4000;
  double sum = 0, all = 0;
  for (int k = 0; k <= kSteps; ++k) {
    const double x = low + (high - low) * k / kSteps, weight = std::exp(log_density(x));
    sum += weight * normal_above(t * std::exp(x) - delta);
    all += weight;
  }
  return sum / all;
}

double f_above(double f, double a, double b) {
  if (std::isnan(f) || !(a > 0 && b > 0)) return kNaN;
  if (f <= 0) return 1;
  return std::isinf(f) ? 0 : incomplete_beta(b / (b + a * f), b / 2, a / 2);
}

double normal_above(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }

double normal_quantile_above(double p) {
  if (!(p > 0 && p < 1)) return kNaN;
  if (p > 0.5) return -normal_quantile_above(1 - p);
  return falling_inverse(normal_above, p);
}

double binomial_at_most(long k, long n, double p) {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incomplete_beta(1 - p, static_cast<double>(n - k), static_cast<double>(k) + 1);
}

}  // namespace brain::stats
