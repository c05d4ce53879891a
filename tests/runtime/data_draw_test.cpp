#include "data/draw.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace brain::data;

namespace {

constexpr int kSize = 48;

std::vector<std::uint8_t> picture(std::uint64_t seed, std::uint64_t concept_, std::uint64_t index,
                                  View* view = nullptr) {
  std::vector<std::uint8_t> pixels(kSize * kSize * 3);
  const View seen = draw_picture(make_concept(seed, concept_, 10), seed, index, kSize, pixels.data());
  if (view) *view = seen;
  return pixels;
}

}  // namespace

TEST_CASE("pictures are those of their arguments and differ otherwise") {
  CHECK(picture(1, 2, 3) == picture(1, 2, 3));
  CHECK(picture(1, 2, 3) != picture(1, 2, 4));
  CHECK(picture(1, 2, 3) != picture(1, 4, 3));
  CHECK(picture(1, 2, 3) != picture(2, 2, 3));
}

TEST_CASE("pictures are no noise, neither dark nor blank") {
  for (std::uint64_t i = 0; i < 40; ++i) {
    View view;
    const auto pixels = picture(7, i, i, &view);
    double sum = 0, squares = 0, steps = 0;
    for (int y = 0; y < kSize; ++y)
      for (int x = 0; x + 1 < kSize; ++x) {
        const double a = pixels[3 * (y * kSize + x) + 1], b = pixels[3 * (y * kSize + x + 1) + 1];
        sum += a, squares += a * a, steps += (a - b) * (a - b);
      }
    const double n = kSize * (kSize - 1), mean = sum / n, variance = squares / n - mean * mean;
    INFO(i);
    CHECK((mean > 20 && mean < 235));
    CHECK(variance > 60);
    CHECK(steps / n < 1.2 * variance);  // 2 for white noise
    CHECK((view.size > 0.5f && view.size < 0.95f && std::abs(view.place.x) < 0.3f));
  }
}
