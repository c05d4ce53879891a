#pragma once
// Ranks of numbers, the mean rank for ties.
#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <vector>

namespace brain::stats {

// The places of x from its smallest number to its largest; equal numbers in their order. x holds no NaN.
std::vector<std::int32_t> ascending(std::span<const double> x);

// The place of each number among the different numbers of x, from 0: equal numbers, equal places.
std::vector<std::int32_t> dense_ranks(std::span<const double> x);

// Ranks from 1 of x under weights w >= 0 (number i counts w[i] times; none of weight 0 has a rank and its
// entry is 0), given ascending(x). All weights 1: the usual ranks.
void average_ranks(std::span<const double> x, std::span<const std::int32_t> ascending,
                   std::span<const double> w, std::span<double> ranks);

// Ranks from 1 along the last axis, float64 of the shape of x; in a row with a NaN every rank is NaN.
at::Tensor average_ranks(const at::Tensor& x);

}  // namespace brain::stats
