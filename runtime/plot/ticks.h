#pragma once
#include <string>
#include <vector>

namespace brain::plot {

// A closed interval of an axis.
struct Interval {
  double low = 0, high = 1;
  double length() const { return high - low; }
  bool operator==(const Interval&) const = default;
};

// The multiples of a round step (1, 2, 2.5 or 5 times a power of ten; 2.5 only where it needs no further
// decimal) inside the interval: of the steps that give at most `most` (at least 2) of them, the finest.
// Empty when the interval is empty or not finite.
std::vector<double> nice_ticks(Interval interval, int most);

// The interval that holds every finite number, widened at each side by `margin` of its length; one value gets
// room around it. [0, 1] without finite numbers.
Interval range_of(const std::vector<double>& values, double margin);

// The ticks as text, all with the decimals the finest of them needs; a real minus sign (U+2212). Beyond
// 100,000 and below 0.001 as multiples of a power of ten: "2×10⁵".
std::vector<std::string> tick_labels(const std::vector<double>& ticks);

// One number with `decimals` places and a real minus sign; -0 is 0.
std::string number_text(double value, int decimals);

}  // namespace brain::plot
