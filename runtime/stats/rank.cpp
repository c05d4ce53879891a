#include "stats/rank.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace brain::stats {

std::vector<std::int32_t> ascending(std::span<const double> x) {
  std::vector<std::int32_t> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return x[a] < x[b]; });
  return order;
}

std::vector<std::int32_t> dense_ranks(std::span<const double> x) {
  const auto order = ascending(x);
  std::vector<std::int32_t> ranks(x.size());
  std::int32_t rank = -1;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k == 0 || x[order[k]] != x[order[k - 1]]) ++rank;
    ranks[order[k]] = rank;
  }
  return ranks;
}

void average_ranks(std::span<const double> x, std::span<const std::int32_t> ascending,
                   std::span<const double> w, std::span<double> ranks) {
  double before = 0;
  for (std::size_t first = 0; first < x.size();) {
    double weight = 0;
    std::size_t last = first;
    for (; last < x.size() && x[ascending[last]] == x[ascending[first]]; ++last)
      weight += w[ascending[last]];
    const double rank = before + (weight + 1) / 2;
    for (std::size_t k = first; k < last; ++k)
      ranks[ascending[k]] = w[ascending[k]] > 0 ? rank : 0;
    before += weight;
    first = last;
  }
}

namespace {

struct Entry {
  double value;
  std::int32_t place;
};

// Entries of x in rising order, ties in any: dealt into as many buckets as there are numbers by their value, then sorted
// within each, which is linear in time unless a few numbers lie far from all others.
void sort_entries(std::span<const double> x, std::vector<Entry>& sorted, std::vector<std::int32_t>& buckets) {
  const auto n = static_cast<std::int32_t>(x.size());
  const auto below = [](const Entry& a, const Entry& b) { return a.value < b.value; };
  sorted.resize(x.size());
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  const double from = n ? *low : 0, scale = n ? (n - 1) / (*high - from) : 0;
  if (!(scale > 0) || !std::isfinite(scale)) {
    for (std::int32_t k = 0; k < n; ++k)
      sorted[k] = {x[k], k};
    std::sort(sorted.begin(), sorted.end(), below);
    return;
  }
  const auto bucket = [&](double v) { return std::min(static_cast<std::int32_t>((v - from) * scale), n - 1); };
  buckets.assign(x.size() + 2, 0);
  for (const double v : x)
    ++buckets[bucket(v) + 2];
  for (std::int32_t k = 2; k <= n + 1; ++k)
    buckets[k] += buckets[k - 1];
  for (std::int32_t k = 0; k < n; ++k)
    sorted[buckets[bucket(x[k]) + 1]++] = {x[k], k};
  for (std::int32_t k = 0; k < n; ++k) {
    if (buckets[k + 1] - buckets[k] > 1)
      std::sort(sorted.begin() + buckets[k], sorted.begin() + buckets[k + 1], below);
  }
}

}  // namespace

at::Tensor average_ranks(const at::Tensor& x) {
  const at::Tensor rows = x.detach().to(at::kCPU, at::kDouble).contiguous();
  at::Tensor ranks = at::empty_like(rows);
  const std::int64_t length = x.dim() ? x.size(-1) : 1, count = length ? rows.numel() / length : 0;
  const auto* in = rows.const_data_ptr<double>();
  auto* out = ranks.mutable_data_ptr<double>();
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Entry> sorted;
    std::vector<std::int32_t> buckets;
    for (std::int64_t row = begin; row < end; ++row) {
      const std::span from(in + row * length, static_cast<std::size_t>(length));
      double* to = out + row * length;
      if (std::any_of(from.begin(), from.end(), [](double v) { return std::isnan(v); })) {
        std::fill(to, to + length, std::numeric_limits<double>::quiet_NaN());
        continue;
      }
      sort_entries(from, sorted, buckets);
      for (std::int64_t first = 0, last; first < length; first = last) {
        for (last = first + 1; last < length && sorted[last].value == sorted[first].value;)
          ++last;
        for (std::int64_t k = first; k < last; ++k)
          to[sorted[k].place] = static_cast<double>(first + last + 1) / 2;
      }
    }
  });
  return ranks.to(x.device());
}

}  // namespace brain::stats
