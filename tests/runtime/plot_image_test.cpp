// Pictures made smaller by means and larger by repetition.
#include <catch2/catch.hpp>

#include "plot/image.h"

using brain::plot::Image;

TEST_CASE("shrinking takes means of squares") {
  const Image image{4, 2, {0, 0, 0, 10, 10, 10, 1, 1, 1, 1, 1, 1, 20, 20, 20, 30, 30, 30, 1, 1, 1, 4, 4, 4}};
  const Image small = brain::plot::shrunk(image, 2);
  CHECK(small.width == 2);
  CHECK(small.height == 1);
  CHECK(small.rgb == std::vector<std::uint8_t>{15, 15, 15, 2, 2, 2});
}

TEST_CASE("an image that is not twice too large stays") {
  const Image image{3, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  CHECK(brain::plot::shrunk(image, 2).rgb == image.rgb);
  CHECK(brain::plot::shrunk(image, 1).rgb == image.rgb);  // a side of one pixel cannot shrink
}

TEST_CASE("repetition") {
  const Image large = brain::plot::repeated({2, 1, {1, 2, 3, 4, 5, 6}}, 2);
  CHECK(large.width == 4);
  CHECK(large.height == 2);
  const std::vector<std::uint8_t> row = {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6};
  CHECK(std::vector<std::uint8_t>(large.rgb.begin(), large.rgb.begin() + 12) == row);
  CHECK(std::vector<std::uint8_t>(large.rgb.begin() + 12, large.rgb.end()) == row);
}
