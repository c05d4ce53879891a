#include "data/draw_shape.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace brain::data;

TEST_CASE("distances have their closed forms where there is one") {
  const Figure circle = Figure::ellipse({1, 2}, 0.5f, 0.5f, 0.7f);
  CHECK(circle.distance({1, 2.9f}) == Approx(0.4f).epsilon(1e-4));
  CHECK(circle.distance({1.1f, 2}) == Approx(-0.4f).epsilon(1e-4));
  const Figure box = Figure::box({0, 0}, 2, 1, 0);
  CHECK(box.distance({3, 0}) == Approx(1));
  CHECK(box.distance({5, 5}) == Approx(5));
  CHECK(box.distance({0, 0.25f}) == Approx(-0.75f));
  CHECK(Figure::box({0, 0}, 2, 1, 0, 1.5707963f).distance({0, 3}) == Approx(1).epsilon(1e-4));
  const Figure limb = Figure::limb({0, 0}, {2, 0}, 0.5f, 0.25f);
  CHECK(limb.distance({-1, 0}) == Approx(0.5f));
  CHECK(limb.distance({3, 0}) == Approx(0.75f));
  CHECK(Figure::ring({0, 0}, 1, 0.1f).distance({0, 0}) == Approx(0.9f));
  const Figure triangle = Figure::polygon<3>({Vec2{0, 0}, {2, 0}, {0, 2}});
  CHECK(triangle.distance({0.5f, -1}) == Approx(1));
  CHECK(triangle.distance({2, 2}) == Approx(std::sqrt(2.0f)));
  CHECK(triangle.distance({0.2f, 0.5f}) == Approx(-0.2f));
  const Figure star = Figure::star({0, 0}, 1, 0.4f, 5);
  CHECK(star.distance({0, -1}) == Approx(0).margin(1e-5));
  CHECK(star.distance({0, -1.5f}) == Approx(0.5f));
  CHECK(star.distance({0, 0}) < -0.3f);
}

TEST_CASE("near the edge every figure grows by one per unit, so that coverage is antialiased") {
  const std::vector<Figure> figures{
      Figure::ellipse({0, 0}, 0.8f, 0.4f, 0.3f),
      Figure::superellipse({0, 0}, 0.7f, 0.5f, 3),
      Figure::box({0, 0}, 0.6f, 0.3f, 0.1f),
      Figure::limb({-0.3f, 0}, {0.4f, 0.2f}, 0.3f, 0.2f),
      Figure::star({0, 0}, 0.8f, 0.4f, 6),
      Figure::lobed({0, 0}, 0.6f, 0.1f, 5),
      Figure::ring({0, 0}, 0.5f, 0.1f),
      Figure::polygon<4>({Vec2{-0.5f, -0.5f}, {0.6f, -0.4f}, {0.4f, 0.5f}, {-0.6f, 0.3f}})};
  for (const Figure& figure : figures) {
    int at_edge = 0, steep = 0;
    for (float y = -1.2f; y < 1.2f; y += 0.011f)
      for (float x = -1.2f; x < 1.2f; x += 0.011f) {
        if (std::abs(figure.distance({x, y})) > 0.02f) continue;
        constexpr float step = 1e-3f;
        const float slope =
            length({(figure.distance({x + step, y}) - figure.distance({x - step, y})) / (2 * step),
                    (figure.distance({x, y + step}) - figure.distance({x, y - step})) / (2 * step)});
        ++at_edge;
        if (slope < 0.8f || slope > 1.2f) ++steep;
      }
    CHECK(at_edge > 100);
    CHECK(steep < at_edge / 20);  // corners
    CHECK(figure.half_width() > 0);
  }
}
