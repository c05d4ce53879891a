#pragma once
// RDMs as condensed vectors: the upper triangle row by row, pairs (0, 1), (0, 2), ... (n-2, n-1).
#include <ATen/ATen.h>

#include <cstdint>
#include <string>
#include <vector>

namespace brain::rsa {

inline std::int64_t pairs_of(std::int64_t conditions) { return conditions * (conditions - 1) / 2; }
// The number of conditions with that many pairs, or 0 when there is none.
std::int64_t conditions_of(std::int64_t pairs);
// The place of pair (i, j), i < j.
inline std::int64_t pair_place(std::int64_t i, std::int64_t j, std::int64_t n) {
  return n * i - i * (i + 1) / 2 + j - i - 1;
}

// Flat places of the upper triangle in an [n, n] matrix, int64 [pairs].
at::Tensor upper_triangle_places(std::int64_t n, at::Device device = at::kCPU);

// RDMs in any form as float64 [k, pairs]: condensed [pairs] or [k, pairs], matrices [n, n] or [k, n, n]. A
// square 2-d tensor is one matrix when it is symmetric. `name` stands in errors: a number of pairs that no
// number of conditions has, a matrix that is not symmetric.
at::Tensor condensed(const at::Tensor& rdms, const std::string& name);

// [k, n, n] with zeros on the diagonal from [k, pairs].
at::Tensor square(const at::Tensor& condensed);

// The pairs among the given conditions (0-based, in the order given) of [k, pairs]; a pair of a condition
// with itself is NaN, so that a repeated condition is excluded.
at::Tensor subset(const at::Tensor& condensed, const std::vector<std::int64_t>& conditions);

}  // namespace brain::rsa
