#pragma once
// Kendall's rank correlation.
#include <cstdint>
#include <span>

namespace brain::stats {

// x, y: equally long, ranks as dense_ranks gives them (equal numbers are ties; numbers may be missing or
// repeated). Counts by sorting, O(n log n): Knight, "A computer method for calculating Kendall's tau with
// ungrouped data", JASA 1966. tau_a = (concordant - discordant) / all pairs; tau_b divides by the root of the
// product of the pairs untied in x and in y. NaN for fewer than two numbers, and for tau_b of a constant.
struct Kendall {
  double tau_a, tau_b;
};
Kendall kendall(std::span<const std::int32_t> x, std::span<const std::int32_t> y);

}  // namespace brain::stats
