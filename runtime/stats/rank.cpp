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

at::Tensor average_ranks(const at::Tensor& x) {
  const at::Tensor rows = x.detach().to(at::kCPU, at::kDouble).contiguous();
  at::Tensor ranks = at::empty_like(rows);
  const std::int64_t length = x.dim() ? x.size(-1) : 1, count = length ? rows.numel() / length : 0;
  const auto* in = rows.const_data_ptr<double>();
  auto* out = ranks.mutable_data_ptr<double>();
  const std::vector<double> ones(static_cast<std::size_t>(length), 1.0);
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::span from(in + row * length, static_cast<std::size_t>(length));
      const std::span to(out + row * length, static_cast<std::size_t>(length));
      if (std::any_of(from.begin(), from.end(), [](double v) { return std::isnan(v); }))
        std::fill(to.begin(), to.end(), std::numeric_limits<double>::quiet_NaN());
      else average_ranks(from, ascending(from), ones, to);
    }
  });
  return ranks.to(x.device());
}

}  // namespace brain::stats
