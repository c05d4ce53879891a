// Ticks are round, few enough and inside; labels are what one would write.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/philox.h"
#include "plot/ticks.h"

using namespace brain::plot;
using List = std::vector<double>;
using Text = std::vector<std::string>;

TEST_CASE("ticks of everyday ranges") {
  CHECK(nice_ticks({0, 1}, 6) == List{0, 0.2, 0.4, 0.6, 0.8, 1});
  CHECK(nice_ticks({0, 1}, 5) == List{0, 0.25, 0.5, 0.75, 1});
  CHECK(nice_ticks({-100, 490}, 7) == List{-100, 0, 100, 200, 300, 400});
  CHECK(nice_ticks({0, 0.31}, 7) == List{0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3});
  CHECK(nice_ticks({-0.3, 0.3}, 7) == List{-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3});
  CHECK(nice_ticks({3, 7}, 2).size() <= 2);
}

TEST_CASE("no ticks without a range") {
  CHECK(nice_ticks({1, 1}, 5).empty());
  CHECK(nice_ticks({2, 1}, 5).empty());
  CHECK(nice_ticks({0, INFINITY}, 5).empty());
  CHECK(nice_ticks({NAN, 1}, 5).empty());
}

TEST_CASE("any range gets at least one and at most the wanted number of ticks, inside and evenly spaced") {
  brain::Philox random(1, 0);
  for (int i = 0; i < 2000; ++i) {
    const double size = std::pow(10, 16 * random.uniform() - 8), low = (random.uniform() - 0.5) * size;
    const Interval range{low, low + size * (0.01 + random.uniform())};
    const int most = 2 + static_cast<int>(random.below(8));
    const List ticks = nice_ticks(range, most);
    INFO(range.low << " " << range.high << " " << most);
    REQUIRE(!ticks.empty());
    REQUIRE(static_cast<int>(ticks.size()) <= most);
    const double slack = 1e-8 * range.length();
    CHECK(ticks.front() >= range.low - slack);
    CHECK(ticks.back() <= range.high + slack);
    for (std::size_t k = 2; k < ticks.size(); ++k)
      CHECK(std::abs(ticks[k] - 2 * ticks[k - 1] + ticks[k - 2]) < slack);
    const Text labels = tick_labels(ticks);
    for (std::size_t k = 1; k < labels.size(); ++k) CHECK(labels[k] != labels[k - 1]);
  }
}

TEST_CASE("labels share their decimals and have a real minus sign") {
  CHECK(tick_labels({0, 0.25, 0.5}) == Text{"0.00", "0.25", "0.50"});
  CHECK(tick_labels({-100, 0, 100}) == Text{"−100", "0", "100"});
  CHECK(tick_labels({0.1 * 3, 0.4}) == Text{"0.3", "0.4"});
  CHECK(tick_labels({0, 200000, 400000}) == Text{"0", "2×10⁵", "4×10⁵"});
  CHECK(tick_labels({0, 0.0002}) == Text{"0", "2×10⁻⁴"});
  CHECK(number_text(-0.001, 2) == "0.00");
  CHECK(number_text(-1.5, 1) == "−1.5");
}

TEST_CASE("ranges hold the finite values") {
  CHECK(range_of({1, NAN, 3, INFINITY}, 0) == Interval{1, 3});
  CHECK(range_of({0, 10}, 0.1) == Interval{-1, 11});
  CHECK(range_of({}, 0.1) == Interval{0, 1});
  CHECK(range_of({5, 5}, 0).length() > 0);
  CHECK(range_of({0, 0}, 0).length() > 0);
}
