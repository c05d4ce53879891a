#include "data/draw_object.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::data;

TEST_CASE("categories take turns and every body lies about the origin") {
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Concept made = make_concept(3, i, 10);
    CHECK(made.category == static_cast<int>(i % 10));
    const Body body = make_body(made, {0.5f, -0.5f, 1, -1});
    CHECK(body.parts.size() >= 2);
    int inside = 0, outside = 0;
    for (float y = -2; y <= 2; y += 0.05f)
      for (float x = -2; x <= 2; x += 0.05f)
        for (const Part& part : body.parts)
          if (part.figure.distance({x, y}) < 0) {
            (std::max(std::abs(x), std::abs(y)) < 1.45f ? inside : outside) += 1;
            break;
          }
    INFO(i << " " << kCategories[i % 10]);
    CHECK(inside > 80);  // of 1,600 places; tools are slender
    CHECK(outside < inside / 50);
  }
}

TEST_CASE("a concept is that of its seed and number") {
  CHECK(make_concept(1, 4, 8).form == make_concept(1, 4, 8).form);
  CHECK(make_concept(1, 4, 8).form != make_concept(1, 12, 8).form);
  CHECK(make_concept(1, 4, 8).form != make_concept(2, 4, 8).form);
  CHECK_THROWS_WITH(make_concept(1, 4, 11), Catch::Contains("categories: expected 1 to 10, got 11"));
}
