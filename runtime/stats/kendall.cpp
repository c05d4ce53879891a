#include "stats/kendall.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace brain::stats {

namespace {

// Places sorted by key, equal keys in the order of `places`.
std::vector<std::int32_t> sorted_by(std::span<const std::int32_t> key,
                                    const std::vector<std::int32_t>& places) {
  std::vector<std::int32_t> start(static_cast<std::size_t>(*std::max_element(key.begin(), key.end())) + 2, 0);
  for (const auto k : key)
    ++start[k + 1];
  for (std::size_t i = 1; i < start.size(); ++i)
    start[i] += start[i - 1];
  std::vector<std::int32_t> sorted(places.size());
  for (const auto place : places)
    sorted[start[key[place]]++] = place;
  return sorted;
}

// Pairs in the wrong order, by merging; sorts values.
double inversions(std::vector<std::int32_t>& values) {
  std::vector<std::int32_t> other(values.size());
  double count = 0;
  for (std::size_t width = 1; width < values.size(); width *= 2) {
    for (std::size_t left = 0; left < values.size(); left += 2 * width) {
      const std::size_t middle = std::min(left + width, values.size()),
                        right = std::min(left + 2 * width, values.size());
      std::size_t i = left, j = middle, k = left;
      while (i < middle && j < right) {
        const bool wrong = values[j] < values[i];
        count += wrong ? static_cast<double>(middle - i) : 0;
        other[k++] = wrong ? values[j++] : values[i++];
      }
      std::copy(values.begin() + i, values.begin() + middle, other.begin() + k);
      std::copy(values.begin() + j, values.begin() + right, other.begin() + k + (middle - i));
    }
    values.swap(other);
  }
  return count;
}

// Pairs within runs of equal neighbours.
template <class Equal>
double tied_pairs(std::size_t n, Equal equal) {
  double pairs = 0;
  for (std::size_t first = 0, last; first < n; first = last) {
    for (last = first + 1; last < n && equal(first, last); ++last) {
    }
    const double run = static_cast<double>(last - first);
    pairs += run * (run - 1) / 2;
  }
  return pairs;
}

}  // namespace

Kendall kendall(std::span<const std::int32_t> x, std::span<const std::int32_t> y) {
  const std::size_t n = x.size();
  if (n < 2) return {std::nan(""), std::nan("")};
  std::vector<std::int32_t> places(n);
  for (std::size_t i = 0; i < n; ++i)
    places[i] = static_cast<std::int32_t>(i);
  const auto by_y = sorted_by(y, places), by_both = sorted_by(x, by_y);
  const double pairs = static_cast<double>(n) * static_cast<double>(n - 1) / 2;
  const double tied_y = tied_pairs(n, [&](auto a, auto b) { return y[by_y[a]] == y[by_y[b]]; });
  const double tied_x = tied_pairs(n, [&](auto a, auto b) { return x[by_both[a]] == x[by_both[b]]; });
  const double tied_both = tied_pairs(
      n, [&](auto a, auto b) { return x[by_both[a]] == x[by_both[b]] && y[by_both[a]] == y[by_both[b]]; });
  std::vector<std::int32_t> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = y[by_both[i]];
  const double difference = pairs - tied_x - tied_y + tied_both - 2 * inversions(values);
  return {difference / pairs, difference / std::sqrt((pairs - tied_x) * (pairs - tied_y))};
}

}  // namespace brain::stats
