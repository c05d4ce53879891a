#pragma once
// Random signs of whole subjects: the null of a mean that is 0 and symmetric about it.
#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace brain::stats {

// t of signs [flips, subjects] times d [subjects, points] against 0; squares: sums over subjects of d^2, which flipping
// leaves as they are. Without variance t is 0 (mean 0) or infinite.
at::Tensor t_of_signs(const at::Tensor& signs, const at::Tensor& d, const at::Tensor& squares);
inline at::Tensor observed_t(const at::Tensor& d) {
  return t_of_signs(at::ones({1, d.size(0)}, at::kDouble), d, d.square().sum(0))[0];
}

// All 2^subjects flips in turn where that is at most `permutations`, otherwise so many random ones of stream (seed,
// flip); flip k of either is the same whoever asks.
struct SignFlips {
  std::int64_t subjects, count;
  bool exact;
  std::uint64_t seed;
  SignFlips(std::int64_t subjects, std::int64_t permutations, std::uint64_t seed);
  at::Tensor signs(std::int64_t first, std::int64_t count) const;  // [count, subjects] of 1 and -1

  // p of an observed number, the larger the rarer, among those of all flips: their share, or (1 + reaching) / (1 +
  // count). Numbers that differ by rounding are equal.
  double p(const std::vector<double>& null, double observed) const;
};

// largest(t of d [subjects, points] under flip k) for every flip, where t has d.size(1) numbers. Blocks of flips are one
// product and run in parallel.
std::vector<double> flipped(const at::Tensor& d, const SignFlips& flips,
                            const std::function<double(const double* t)>& largest);

}  // namespace brain::stats
