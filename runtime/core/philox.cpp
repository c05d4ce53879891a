#include "core/philox.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "core/error.h"

namespace brain {

void Philox::refill() {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  block_ = philox4x32({low(blocks_), high(blocks_), low(index_), high(index_)}, {low(seed_), high(seed_)});
  ++blocks_;
  used_ = 0;
}

double Philox::normal() {
  if (std::exchange(has_spare_, false)) return spare_;
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // of a number in (0, 1]
  const double angle = 2 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

std::uint64_t Philox::below(std::uint64_t n) {
  if (n == 0) fail("random number below 0: expected a positive bound");
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{next64()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t excess = -n % n;  // 2^64 mod n
    while (static_cast<std::uint64_t>(product) < excess) product = Wide{next64()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::vector<std::int64_t> permutation(std::uint64_t seed, std::uint64_t index, std::int64_t n) {
  return sample_without_replacement(seed, index, n, n);
}

std::vector<std::int64_t> sample_with_replacement(std::uint64_t seed, std::uint64_t index, std::int64_t n,
                                                  std::int64_t k) {
  if (k < 0 || n < 0 || (n == 0 && k > 0)) fail("sample with replacement: cannot draw ", k, " of ", n);
  Philox random(seed, index);
  std::vector<std::int64_t> drawn(k);
  for (auto& value : drawn) value = static_cast<std::int64_t>(random.below(n));
  return drawn;
}

std::vector<std::int64_t> sample_without_replacement(std::uint64_t seed, std::uint64_t index, std::int64_t n,
                                                     std::int64_t k) {
  if (k < 0 || k > n) fail("sample without replacement: cannot draw ", k, " of ", n);
  Philox random(seed, index);
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t i = 0; i < k; ++i) std::swap(order[i], order[i + random.below(n - i)]);
  order.resize(k);
  return order;
}

}  // namespace brain
