#include "data/resize_passes.h"

#include <catch2/catch.hpp>

#include "core/philox.h"

using namespace brain::data;

namespace {

std::vector<std::uint8_t> noise(std::size_t size) {
  brain::Philox random(5, size);
  std::vector<std::uint8_t> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

}  // namespace

TEST_CASE("the fastest passes do what the plain ones do") {
  brain::Philox random(1, 2);
  Taps taps;
  taps.most = 7;
  for (int i = 0; i < 41; ++i) {
    const auto count = static_cast<std::int64_t>(1 + random.below(7));
    taps.places.push_back({static_cast<std::int64_t>(random.below(60)), count});
    for (int k = 0; k < 7; ++k)  // weights that overshoot to both sides
      taps.weights.push_back(k < count ? static_cast<std::int32_t>((random.uniform() - 0.4) * (1 << kWeightBits)) : 0);
  }
  const auto row = noise(67 * 3 + 1);
  std::vector<std::uint8_t> plain(41 * 3 + 1), fast = plain;
  plain_passes().horizontal(row.data(), taps, plain.data());
  fastest_passes().horizontal(row.data(), taps, fast.data());
  plain.pop_back();
  fast.pop_back();
  CHECK(plain == fast);

  const auto rows = noise(7 * 131);
  for (std::int64_t size = 1; size <= 131; size += 13) {
    std::vector<std::uint8_t> a(static_cast<std::size_t>(size)), b = a;
    plain_passes().vertical(rows.data(), 131, taps.of(3), 7, size, a.data());
    fastest_passes().vertical(rows.data(), 131, taps.of(3), 7, size, b.data());
    CHECK(a == b);
  }
}

TEST_CASE("one tap of weight 1 copies") {
  Taps taps;
  taps.most = 1;
  taps.places = {{2, 1}, {0, 1}};
  taps.weights = {1 << kWeightBits, 1 << kWeightBits};
  const std::uint8_t from[] = {1, 2, 3, 4, 5, 6, 7, 8, 255, 0};
  std::uint8_t to[7];
  fastest_passes().horizontal(from, taps, to);
  CHECK(std::vector<int>(to, to + 6) == std::vector<int>{7, 8, 255, 1, 2, 3});
  CHECK(taps.first() == 2);
  CHECK(taps.last() == 1);
}
