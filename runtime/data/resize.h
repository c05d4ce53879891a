#pragma once
// Resampling of uint8 RGB pictures, equal to Pillow's Image.resize to the bit.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brain::data {

enum class Interpolation { nearest, box, bilinear, hamming, bicubic, lanczos };
const char* interpolation_name(Interpolation interpolation);
// Throws "WHERE: ..." with the known names.
Interpolation interpolation_named(std::string_view name, const std::string& where);

// RGB rows of 3 * width bytes, one after another.
struct Picture {
  const std::uint8_t* pixels = nullptr;
  std::int64_t height = 0, width = 0;
};

struct Size {
  std::int64_t height = 0, width = 0;
  bool operator==(const Size&) const = default;
};

// A part of a picture: rows top ... top + height - 1, columns left ... left + width - 1.
struct Window {
  std::int64_t top = 0, left = 0, height = 0, width = 0;
};

// The window of `picture` resized to `size`, as height * width * 3 bytes; only the window is computed. Two passes, each
// rounded to uint8: a filter whose support grows with the reduction (so that it smooths), its weights normalised and
// rounded to 22 bits after the point, as in Pillow's src/libImaging/Resample.c. The horizontal pass comes first, unless
// more than twice as many rows as columns go: so since Pillow 13, where earlier versions differ by a grey level here and
// there. `nearest` takes the pixel under the centre. The window must lie inside the resized picture, and sizes be at
// least 1.
std::vector<std::uint8_t> resize(const Picture& picture, Size size, Interpolation interpolation, const Window& window);
std::vector<std::uint8_t> resize(const Picture& picture, Size size, Interpolation interpolation);

// The same by bilinear interpolation between the four nearest pixels, whatever the reduction, rounded half to even:
// torch's interpolate(mode='bilinear', align_corners=False, antialias=False) of the float picture.
std::vector<std::uint8_t> resize_without_antialias(const Picture& picture, Size size, const Window& window);

}  // namespace brain::data
