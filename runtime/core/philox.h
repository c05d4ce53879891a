#pragma once
// Counter-based random numbers: draw number i of a seed is the same on every machine and for any number of
// threads. Philox4x32-10, Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011.

#include <array>
#include <cstdint>
#include <vector>

namespace brain {

// One block of the generator: ten rounds of the keyed bijection on a 128-bit counter.
constexpr std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

// A stream of numbers named by (seed, index): the seed is the key, the index the upper half of the counter,
// so streams never overlap. Give each work item (a permutation, a bootstrap sample) its index and it draws
// the same whichever thread runs it. Not to be shared between threads; cheap to make.
class Philox {
 public:
  Philox(std::uint64_t seed, std::uint64_t index) : seed_(seed), index_(index) {}

  std::uint32_t next() {
    if (used_ == 4) refill();
    return block_[used_++];
  }
  // The first draw is the low half.
  std::uint64_t next64() {
    const std::uint64_t low = next();
    return low | std::uint64_t{next()} << 32;
  }
  // In [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next64() >> 11) * 0x1p-53; }

  // Standard normal, by Box and Muller (1958): two uniforms give the cosine value now and the sine value
  // next.
  double normal();

  // Uniform on 0 ... n-1 without bias: Lemire, "Fast random integer generation in an interval", 2019. n > 0.
  std::uint64_t below(std::uint64_t n);

 private:
  void refill();

  std::uint64_t seed_, index_, blocks_ = 0;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
  bool has_spare_ = false;
  double spare_ = 0;
};

// The numbers 0 ... n-1 in random order: Fisher and Yates, from the front.
std::vector<std::int64_t> permutation(std::uint64_t seed, std::uint64_t index, std::int64_t n);

// k of the numbers 0 ... n-1, each drawn independently (a bootstrap sample has k = n).
std::vector<std::int64_t> sample_with_replacement(std::uint64_t seed, std::uint64_t index, std::int64_t n,
                                                  std::int64_t k);

// k different ones of 0 ... n-1 in random order: the first k of permutation(seed, index, n). k <= n.
std::vector<std::int64_t> sample_without_replacement(std::uint64_t seed, std::uint64_t index, std::int64_t n,
                                                     std::int64_t k);

}  // namespace brain
