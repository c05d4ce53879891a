#include "stats/kendall.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace brain::stats {

namespace {

// Places in ascending order of their ranks.
std::vector<std::int32_t> ascending(std::span<const std::int32_t> ranks, std::int32_t levels) {
  std::vector<std::int32_t> start(static_cast<std::size_t>(levels) + 1, 0), places(ranks.size());
  for (const auto r : ranks)
    ++start[r + 1];
  for (std::size_t i = 1; i < start.size(); ++i)
    start[i] += start[i - 1];
  for (std::size_t i = 0; i < ranks.size(); ++i)
    places[start[ranks[i]]++] = static_cast<std::int32_t>(i);
  return places;
}

double pairs_of(double n) { return n * (n - 1) / 2; }

}  // namespace

Kendall kendall(std::span<const std::int32_t> x, std::span<const std::int32_t> y,
                std::span<const std::int32_t> weights) {
  const std::size_t n = x.size();
  const auto weight = [&](std::int32_t place) { return weights.empty() ? 1 : weights[place]; };
  const auto levels_of = [](auto ranks) { return ranks.empty() ? 0 : *std::max_element(ranks.begin(), ranks.end()) + 1; };
  const std::int32_t levels = levels_of(y);
  const auto order = ascending(x, levels_of(x));
  std::vector<std::int32_t> tree(static_cast<std::size_t>(levels) + 1, 0), counts(static_cast<std::size_t>(levels), 0);
  double difference = 0, tied_x = 0, tied_y = 0;
  std::int64_t before = 0;
  for (std::size_t first = 0, last; first < n; first = last) {
    std::int64_t run = 0;  // of places equal in x: compared with all before, then added
    for (last = first; last < n && x[order[last]] == x[order[first]]; ++last) {
      const std::int32_t place = order[last], rank = y[place];
      std::int64_t below = 0;
      for (std::int32_t node = rank; node > 0; node &= node - 1)
        below += tree[node];
      const std::int64_t above = before - below - counts[rank];
      difference += static_cast<double>(weight(place)) * static_cast<double>(below - above);
      run += weight(place);
    }
    for (std::size_t k = first; k < last; ++k) {
      const std::int32_t place = order[k], rank = y[place], w = weight(place);
      counts[rank] += w;
      for (std::int32_t node = rank + 1; node <= levels; node += node & -node)
        tree[node] += w;
    }
    tied_x += pairs_of(static_cast<double>(run));
    before += run;
  }
  for (const auto count : counts)
    tied_y += pairs_of(count);
  const double pairs = pairs_of(static_cast<double>(before));
  if (before < 2) return {std::nan(""), std::nan("")};
  return {difference / pairs, difference / std::sqrt((pairs - tied_x) * (pairs - tied_y))};
}

}  // namespace brain::stats
