#pragma once
// Kendall's rank correlation.
#include <cstdint>
#include <span>

namespace brain::stats {

// x, y: equally long, ranks as dense_ranks gives them (equal numbers are ties; numbers may be missing or
// repeated). weights, where they are given: how often each place counts, its copies tied with each other. Counts
// in the order of x, with the numbers of y so far in a binary indexed tree (Fenwick 1994): O(n log n). tau_a =
// (concordant - discordant) / all pairs; tau_b divides by the root of the product of the pairs untied in x and in
// y. NaN for fewer than two numbers, and for tau_b of a constant.
struct Kendall {
  double tau_a, tau_b;
};
Kendall kendall(std::span<const std::int32_t> x, std::span<const std::int32_t> y,
                std::span<const std::int32_t> weights = {});

}  // namespace brain::stats
