#pragma once
#include <cstdint>
#include <vector>

namespace brain::plot {

// A picture of 8-bit red, green, blue; row by row from the top.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // [height, width, 3]
};

// The image made smaller by a whole factor, each pixel the mean of a square, so that its longer side is the
// smallest such size that is still at least `least` pixels; the image itself where it has fewer than twice that.
// What is left over at the right and the bottom is dropped.
Image shrunk(const Image& image, int least);

// Every pixel repeated `times` along both sides.
Image repeated(const Image& image, int times);

}  // namespace brain::plot
