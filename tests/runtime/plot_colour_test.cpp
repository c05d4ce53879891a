// Colour maps against published values, names and their messages.
#include <catch2/catch.hpp>
#include <cmath>

#include "plot/colour.h"

using namespace brain::plot;

namespace {
void check_near(const Colour& c, int red, int green, int blue, double tolerance) {
  CHECK(std::abs(c.red * 255 - red) <= tolerance);
  CHECK(std::abs(c.green * 255 - green) <= tolerance);
  CHECK(std::abs(c.blue * 255 - blue) <= tolerance);
}
}  // namespace

TEST_CASE("viridis is within 2/255 of its table") {  // entries 0, 64, 128, 192 and 255 of the 256
  check_near(map_colour(ColourMap::viridis, 0), 68, 1, 84, 2);
  check_near(map_colour(ColourMap::viridis, 64 / 255.0), 59, 82, 139, 2);
  check_near(map_colour(ColourMap::viridis, 128 / 255.0), 33, 145, 140, 2);
  check_near(map_colour(ColourMap::viridis, 192 / 255.0), 94, 201, 98, 2);
  check_near(map_colour(ColourMap::viridis, 1), 253, 231, 37, 2);
}

TEST_CASE("lightness of viridis rises") {
  double before = -1;
  for (int i = 0; i <= 255; ++i) {
    const Colour c = map_colour(ColourMap::viridis, i / 255.0);
    const double luma = 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue;
    CHECK(luma > before - 1e-3);
    before = luma;
  }
}

TEST_CASE("maps clamp, and NaN is white") {
  CHECK(map_colour(ColourMap::grey, -1) == from_hex(0x000000));
  CHECK(map_colour(ColourMap::grey, 2) == from_hex(0xFFFFFF));
  CHECK(map_colour(ColourMap::viridis, NAN) == from_hex(0xFFFFFF));
  CHECK(map_colour(ColourMap::diverging, 0.5) == from_hex(0xF7F7F7));
}

TEST_CASE("names and numbers of colours") {
  CHECK(parse_colour("#0072B2") == okabe_ito(0));
  CHECK(parse_colour("blue") == okabe_ito(0));
  CHECK(okabe_ito(8) == okabe_ito(0));
  CHECK(faded(okabe_ito(1), 0.5).alpha == 0.5);
  CHECK(mix(from_hex(0), from_hex(0xFFFFFF), 0.5).red == 0.5);
  CHECK_THROWS_WITH(parse_colour("blu"), "colour: expected '#rrggbb' or a name such as 'blue', got 'blu', did you mean 'blue'?");
  CHECK_THROWS_WITH(parse_colour("#12345"), Catch::Contains("expected '#rrggbb'"));
}
