#include "data/draw_scene.h"

#include <catch2/catch.hpp>

using namespace brain::data;

TEST_CASE("scenes have finite colours, structure and variety") {
  double first = 0;
  int differ = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    brain::Philox draws(9, i);
    const Scene scene(draws);
    double sum = 0, squares = 0;
    for (float y = -0.98f; y < 1; y += 0.04f)
      for (float x = -0.98f; x < 1; x += 0.04f) {
        const Colour colour = scene.at({x, y}, 0.02f);
        const double grey = (colour.r + colour.g + colour.b) / 3;
        REQUIRE((grey >= 0 && grey < 1.5));
        sum += grey, squares += grey * grey;
      }
    const double mean = sum / 2500;
    CHECK(squares / 2500 - mean * mean > 1e-5);
    if (i == 0) first = mean;
    differ += std::abs(mean - first) > 1e-3;
  }
  CHECK(differ > 50);
}
