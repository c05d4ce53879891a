#pragma once
// The two passes of a resampling (resize.h) in integers: for the plain processor and for AVX2, equal to the bit.
#include <cstdint>
#include <vector>

namespace brain::data {

inline constexpr int kWeightBits = 22;  // after the point: 32 less 8 for the pixel and 2 for overshoot

// For each output position the first input position and the weights from there on.
struct Taps {
  struct Place {
    std::int64_t first, count;
  };
  std::vector<Place> places;
  std::vector<std::int32_t> weights;  // `most` for each place
  std::int64_t most = 0;

  const std::int32_t* of(std::int64_t i) const { return weights.data() + i * most; }
  std::int64_t first() const { return places.front().first; }
  std::int64_t last() const { return places.back().first + places.back().count; }  // behind the last input used
};

struct Passes {
  // One row of RGB pixels. The byte behind the last pixel may be read at `from`, and is written at `to`.
  void (*horizontal)(const std::uint8_t* from, const Taps& taps, std::uint8_t* to);
  // One output row of `size` bytes from `count` rows that are `stride` bytes apart.
  void (*vertical)(const std::uint8_t* from, std::int64_t stride, const std::int32_t* weights, std::int64_t count,
                   std::int64_t size, std::uint8_t* to);
};

const Passes& plain_passes();
const Passes& fastest_passes();  // on this processor

}  // namespace brain::data
