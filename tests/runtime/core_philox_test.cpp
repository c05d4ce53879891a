#include "core/philox.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <thread>

#include "core/error.h"

using namespace brain;
using Block = std::array<std::uint32_t, 4>;

TEST_CASE("philox4x32 with ten rounds gives the authors' known answers") {  // Random123, kat_vectors
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t f = 0xffffffff;
  CHECK(philox4x32({f, f, f, f}, {f, f}) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  static_assert(philox4x32({0, 0, 0, 0}, {0, 0})[0] == 0x6627e8d5);
}

TEST_CASE("a stream is the blocks of its seed and index") {
  Philox random(0x1122334455667788, 0x99aabbccddeeff00);
  const std::array<std::uint32_t, 2> key{0x55667788, 0x11223344};
  for (std::uint32_t block = 0; block < 3; ++block)
    for (const std::uint32_t value : philox4x32({block, 0, 0xddeeff00, 0x99aabbcc}, key))
      CHECK(random.next() == value);
  Philox zero(0, 0);
  CHECK(zero.next64() == 0xe169c58d6627e8d5);
  CHECK(zero.uniform() == static_cast<double>(0x9b00dbd8bc57ac4c >> 11) / 9007199254740992.0);
  CHECK(Philox(1, 0).next64() != Philox(0, 1).next64());
}

TEST_CASE("uniform and normal have the right moments") {
  constexpr int n = 100000;
  Philox random(1, 2);
  double sum = 0, squares = 0, low = 1, high = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    sum += u, squares += u * u, low = std::min(low, u), high = std::max(high, u);
  }
  CHECK(low >= 0);
  CHECK(high < 1);
  CHECK(sum / n == Approx(0.5).margin(4 / std::sqrt(12.0 * n)));
  CHECK(squares / n == Approx(1.0 / 3).margin(4 * 0.298 / std::sqrt(n)));

  double moments[5] = {}, lag = 0, last = 0;
  for (int i = 0; i < n; ++i) {
    const double z = random.normal();
    for (int k = 1; k <= 4; ++k) moments[k] += std::pow(z, k) / n;
    lag += z * last / n;
    last = z;
  }
  CHECK(moments[1] == Approx(0).margin(4 / std::sqrt(n)));
  CHECK(moments[2] == Approx(1).margin(4 * std::sqrt(2.0 / n)));
  CHECK(moments[3] == Approx(0).margin(4 * std::sqrt(15.0 / n)));
  CHECK(moments[4] == Approx(3).margin(4 * std::sqrt(96.0 / n)));
  CHECK(lag == Approx(0).margin(4 / std::sqrt(n)));
}

TEST_CASE("below is uniform, also across streams") {
  constexpr int n = 60000, bins = 12;
  const auto chi_square = [](const std::vector<int>& counts) {
    double sum = 0;
    const double expected = static_cast<double>(n) / bins;
    for (const int c : counts) sum += (c - expected) * (c - expected) / expected;
    return sum;
  };
  std::vector<int> one_stream(bins), many_streams(bins);
  Philox random(7, 0);
  for (int i = 0; i < n; ++i) {
    ++one_stream[random.below(bins)];
    ++many_streams[Philox(7, i).below(bins)];
  }
  CHECK(chi_square(one_stream) < 31.3);  // 11 degrees of freedom, p = 0.001
  CHECK(chi_square(many_streams) < 31.3);
}

TEST_CASE("below keeps its bounds and rejects the biased part") {
  Philox random(3, 0);
  for (int i = 0; i < 100; ++i) CHECK(random.below(1) == 0);
  const std::uint64_t n = std::uint64_t{3} << 62;  // a quarter of all draws must be rejected
  int upper = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t value = random.below(n);
    CHECK(value < n);
    upper += value >= std::uint64_t{1} << 63;
  }
  CHECK(upper == Approx(1000).margin(4 * std::sqrt(3000 * 2.0 / 9)));
  CHECK_THROWS_AS(random.below(0), Error);
}

TEST_CASE("a permutation holds every number once, every order equally often") {
  auto order = permutation(5, 0, 1000);
  std::sort(order.begin(), order.end());
  std::vector<std::int64_t> all(1000);
  std::iota(all.begin(), all.end(), 0);
  CHECK(order == all);
  CHECK(permutation(5, 0, 0).empty());
  CHECK(permutation(5, 0, 1) == std::vector<std::int64_t>{0});
  CHECK(permutation(5, 1, 50) == permutation(5, 1, 50));
  CHECK(permutation(5, 1, 50) != permutation(5, 2, 50));
  CHECK_THROWS_AS(permutation(5, 0, -1), Error);

  std::vector<int> counts(24);
  for (int i = 0; i < 24000; ++i) {
    const auto p = permutation(9, i, 4);
    int rank = 0;  // by Lehmer's code
    for (int a = 0; a < 4; ++a) {
      const auto smaller = std::count_if(p.begin() + a, p.end(), [&](std::int64_t x) { return x < p[a]; });
      rank = rank * (4 - a) + static_cast<int>(smaller);
    }
    ++counts[rank];
  }
  double chi_square = 0;
  for (const int c : counts) chi_square += (c - 1000.0) * (c - 1000.0) / 1000;
  CHECK(chi_square < 49.7);  // 23 degrees of freedom, p = 0.001
}

TEST_CASE("samples with and without replacement") {
  const auto with = sample_with_replacement(1, 0, 10, 500);
  CHECK(with.size() == 500);
  CHECK(*std::min_element(with.begin(), with.end()) == 0);
  CHECK(*std::max_element(with.begin(), with.end()) == 9);
  CHECK(sample_with_replacement(1, 0, 0, 0).empty());
  CHECK_THROWS_WITH(sample_with_replacement(1, 0, 0, 1), "sample with replacement: cannot draw 1 of 0");

  const auto without = sample_without_replacement(1, 0, 100, 30);
  CHECK(std::set<std::int64_t>(without.begin(), without.end()).size() == 30);
  const auto whole = permutation(1, 0, 100);
  CHECK(std::equal(without.begin(), without.end(), whole.begin()));
  CHECK_THROWS_WITH(sample_without_replacement(1, 0, 3, 4), "sample without replacement: cannot draw 4 of 3");
}

TEST_CASE("draws by index are the same for any number of threads") {
  constexpr int items = 64;
  const auto draw = [](int threads) {
    std::vector<double> values(items);
    std::vector<std::thread> pool;
    for (int t = 0; t < threads; ++t)
      pool.emplace_back([&values, t, threads] {
        for (int i = t; i < items; i += threads) {
          Philox random(42, i);
          for (int k = 0; k <= i; ++k) values[i] += random.normal();
        }
      });
    for (auto& thread : pool) thread.join();
    return values;
  };
  CHECK(draw(1) == draw(2));
  CHECK(draw(1) == draw(3));
}
