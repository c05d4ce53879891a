#pragma once
#include <cstdint>
#include <vector>

// RGB bytes of a picture: byte i is the upper byte of state i of Knuth's linear congruential generator, as
// tests/data/make_resize_golden.py fills them.
inline std::vector<std::uint8_t> noise_picture(std::int64_t height, std::int64_t width) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(height * width * 3));
  std::uint64_t state = 12345 + bytes.size();
  for (auto& byte : bytes) {
    state = state * 6364136223846793005 + 1442695040888963407;
    byte = static_cast<std::uint8_t>(state >> 56);
  }
  return bytes;
}
