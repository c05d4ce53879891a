#include "data/resize.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "core/error.h"
#include "core/hash.h"
#include "scratch.h"

using namespace brain::data;

namespace {

// Byte i is the upper byte of state i of Knuth's linear congruential generator, as tests/data/make_resize_golden.py
// fills them.
std::vector<std::uint8_t> noise(std::int64_t height, std::int64_t width) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(height * width * 3));
  std::uint64_t state = 12345 + bytes.size();
  for (auto& byte : bytes) {
    state = state * 6364136223846793005 + 1442695040888963407;
    byte = static_cast<std::uint8_t>(state >> 56);
  }
  return bytes;
}

std::string digest(const std::vector<std::uint8_t>& bytes) {
  return brain::sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).substr(0, 16);
}

}  // namespace

TEST_CASE("resized pictures are Pillow's to the bit") {
  std::istringstream lines(read_text("tests/data/resize_golden.tsv"));
  std::string filter, hash;
  Picture picture;
  Size size;
  int count = 0;
  for (; lines >> picture.height >> picture.width >> size.height >> size.width >> filter >> hash; ++count) {
    const auto pixels = noise(picture.height, picture.width);
    picture.pixels = pixels.data();
    const auto resized = resize(picture, size, interpolation_named(filter, "test"));
    INFO(picture.height << " x " << picture.width << " to " << size.height << " x " << size.width << " " << filter);
    CHECK(digest(resized) == hash);
  }
  CHECK(count == 720);
}

TEST_CASE("a window is that part of the whole") {
  const auto pixels = noise(57, 83);
  const Picture picture{pixels.data(), 57, 83};
  const Size sizes[] = {{31, 40}, {57, 40}, {31, 83}, {57, 83}, {90, 120}};
  for (const Size& size : sizes)
    for (int filter = 0; filter <= 6; ++filter) {
      const Window window{5, 9, 20, 23};
      const auto make = [&](const Window& part) {
        return filter == 6 ? resize_without_antialias(picture, size, part)
                           : resize(picture, size, static_cast<Interpolation>(filter), part);
      };
      const auto part = make(window), whole = make({0, 0, size.height, size.width});
      std::vector<std::uint8_t> expected;
      for (std::int64_t y = 0; y < window.height; ++y) {
        const auto* row = whole.data() + ((window.top + y) * size.width + window.left) * 3;
        expected.insert(expected.end(), row, row + window.width * 3);
      }
      INFO(size.height << " x " << size.width << ", filter " << filter);
      CHECK(part == expected);
    }
}

TEST_CASE("interpolations have names") {
  CHECK(interpolation_named("hamming", "x") == Interpolation::hamming);
  CHECK(std::string(interpolation_name(Interpolation::lanczos)) == "lanczos");
  CHECK_THROWS_WITH(interpolation_named("cubic", "transform: interpolation"),
                    "transform: interpolation: expected nearest, box, bilinear, hamming, bicubic or lanczos, got 'cubic'");
}
