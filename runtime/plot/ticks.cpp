#include "plot/ticks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace brain::plot {
namespace {

constexpr double relative_slack = 1e-9;  // a tick that rounding puts just outside still counts

// 10^n exactly for n >= 0, and as the nearest double below.
double power_of_ten(int n) { return n >= 0 ? std::pow(10.0, n) : 1 / std::pow(10.0, -n); }

// Decimals that write every value to within a millionth of the smallest gap.
int decimals_of(const std::vector<double>& values, double gap) {
  for (int decimals = 0; decimals < 12; ++decimals) {
    const double scale = power_of_ten(decimals);
    bool exact = true;
    for (double v : values) exact = exact && std::abs(std::round(v * scale) / scale - v) <= 1e-6 * gap;
    if (exact) return decimals;
  }
  return 12;
}

std::string superscript(int n) {
  static const char* digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = n < 0 ? "⁻" : "";
  for (char c : std::to_string(std::abs(n))) text += digits[c - '0'];
  return text;
}

}  // namespace

std::vector<double> nice_ticks(Interval interval, int most) {
  const double length = interval.length();
  if (!std::isfinite(length) || length <= 0) return {};
  most = std::max(most, 2);
  const double slack = relative_slack * length;
  const int start = static_cast<int>(std::floor(std::log10(length / most))) - 1;
  for (int exponent = start; exponent < start + 6; ++exponent)
    for (double digit : {1.0, 2.0, 2.5, 5.0}) {
      if (digit == 2.5 && exponent <= 0 && exponent != -1) continue;  // 0.25 reads well, 0.025 and 2.5 do not
      // steps below one are divisions, so that 3 * 0.1 is 0.3
      const double scale = power_of_ten(std::abs(exponent));
      const auto at = [&](double i) { return exponent < 0 ? i * digit / scale : i * digit * scale; };
      const double first = std::ceil((interval.low - slack) / at(1)), last = std::floor((interval.high + slack) / at(1));
      if (last - first + 1 > most) continue;
      std::vector<double> ticks;
      for (double i = first; i <= last; ++i) ticks.push_back(i == 0 ? 0.0 : at(i));
      return ticks;
    }
  return {};
}

Interval range_of(const std::vector<double>& values, double margin) {
  double low = INFINITY, high = -INFINITY;
  for (double v : values)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  if (low > high) return {0, 1};
  if (low == high) {
    const double room = low == 0 ? 0.5 : 0.1 * std::abs(low);
    return {low - room, high + room};
  }
  const double room = margin * (high - low);
  return {low - room, high + room};
}

std::string number_text(double value, int decimals) {
  char digits[400];
  std::snprintf(digits, sizeof digits, "%.*f", decimals, std::abs(value));
  const bool zero = std::string(digits).find_first_of("123456789") == std::string::npos;
  return (value < 0 && !zero ? "\u2212" : "") + std::string(digits);
}

std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
  double largest = 0, gap = INFINITY;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    largest = std::max(largest, std::abs(ticks[i]));
    if (i > 0) gap = std::min(gap, std::abs(ticks[i] - ticks[i - 1]));
  }
  if (!std::isfinite(gap) || gap == 0) gap = largest == 0 ? 1 : largest;
  std::vector<std::string> labels;
  if (largest >= 1e5 || (largest > 0 && largest < 1e-3)) {
    const int exponent = static_cast<int>(std::floor(std::log10(largest) + relative_slack));
    std::vector<double> scaled;
    for (double t : ticks) scaled.push_back(exponent >= 0 ? t / power_of_ten(exponent) : t * power_of_ten(-exponent));
    const double scaled_gap = exponent >= 0 ? gap / power_of_ten(exponent) : gap * power_of_ten(-exponent);
    const int decimals = decimals_of(scaled, scaled_gap);
    for (double t : scaled)
      labels.push_back(t == 0 ? "0" : number_text(t, decimals) + "×10" + superscript(exponent));
    return labels;
  }
  const int decimals = decimals_of(ticks, gap);
  for (double t : ticks) labels.push_back(number_text(t, decimals));
  return labels;
}

}  // namespace brain::plot
