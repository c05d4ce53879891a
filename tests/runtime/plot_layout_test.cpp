// All words lie on the page and beside each other; panels of a grid are aligned.
#include <catch2/catch.hpp>

#include "plot/draw.h"
#include "plot_figures.h"

using namespace brain::plot;

namespace {

struct Drawn {
  Canvas canvas;
  explicit Drawn(const Figure& figure)
      : canvas(Format::svg, figure.width * points_per_mm, figure.height * points_per_mm, 72, figure.family) {
    draw(figure, canvas);
  }
  bool inside() const {
    const Box page{0, 0, canvas.width(), canvas.height()};
    for (const Box& box : canvas.text_boxes())
      if (!page.holds(box, 0.5)) return false;
    return !canvas.text_boxes().empty();
  }
  // The boxes of upright words; those at a slant have boxes that meet although the words do not.
  bool apart() const {
    const auto& boxes = canvas.text_boxes();
    for (std::size_t i = 0; i < boxes.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (boxes[i].meets(boxes[k])) return false;
    return true;
  }
};

std::vector<PlacedPanel> placed(const Figure& figure) {
  const Canvas canvas(Format::svg, figure.width * points_per_mm, figure.height * points_per_mm, 72, figure.family);
  return place(figure, canvas);
}

}  // namespace

TEST_CASE("curves at several sizes, fonts and scales") {
  for (double width : {40.0, 89.0, 183.0})
    for (double font : {6.0, 8.0})
      for (double height : {1.0, 1e-5, 123456.0}) {
        Figure figure = single(curves(3, height), width, 50);
        figure.font = font;
        const Drawn drawn(figure);
        INFO(width << " mm, " << font << " pt, " << height);
        CHECK(drawn.inside());
        CHECK(drawn.apart());
      }
}

TEST_CASE("names below bars turn when they do not fit") {
  const Figure few = single(bars({"V1", "V4", "IT"})), many = single(bars({"a long name", "another long name", "a third one",
    "the last of the long names", "and one more than that"}), 60);
  CHECK_FALSE(placed(few)[0].slanted);
  CHECK(Drawn(few).apart());
  CHECK(placed(many)[0].slanted);
  CHECK(Drawn(many).inside());
  CHECK(placed(few)[0].y.low == 0);  // bars stand on the axis
}

TEST_CASE("a matrix is square, names its cells when there is room, and its groups otherwise") {
  for (int n : {4, 12, 60})
    for (bool groups : {false, true}) {
      Figure figure = single(matrix(n, groups));
      fit_height(figure);
      const Drawn drawn(figure);
      INFO(n << " conditions");
      CHECK(drawn.inside());
      if (!groups) CHECK(drawn.apart());
      const PlacedPanel panel = placed(figure)[0];
      CHECK(panel.area.width() == Approx(panel.area.height()));
      CHECK(panel.named_cells == (!groups && n < 60));
    }
}

TEST_CASE("thumbnails and their captions stay on the page, units are equal") {
  const Figure figure = single(map_of_pictures());
  CHECK(Drawn(figure).inside());
  const PlacedPanel panel = placed(figure)[0];
  CHECK(panel.x.length() / panel.area.width() == Approx(panel.y.length() / panel.area.height()));
}

TEST_CASE("axes of rows and columns are aligned") {
  Figure figure;
  figure.width = 183, figure.height = 120;
  Panel letters = curves(2);
  letters.letter = "a";
  figure.rows = {{letters, bars({"V1", "V2"})}, {curves(1, 1000), matrix(5, true)}};
  const auto panels = placed(figure);
  REQUIRE(panels.size() == 4);
  CHECK(panels[0].area.top == Approx(panels[1].area.top));
  CHECK(panels[0].area.bottom == Approx(panels[1].area.bottom));
  CHECK(panels[0].area.left == Approx(panels[2].area.left));
  CHECK(Drawn(figure).inside());
}

TEST_CASE("limits are shared where they are not set") {
  Figure figure;
  figure.rows = {{curves(1, 1), curves(1, 5)}};
  figure.rows[0][0].x.low = -10;
  share_limits(figure, true, true);
  const auto& row = figure.rows[0];
  CHECK(*row[0].y.high == *row[1].y.high);
  CHECK(*row[0].y.high > 5);
  CHECK(*row[0].x.low == -10);
  CHECK(*row[1].x.low == -10);
}

TEST_CASE("positions are linear and y ends above the strip of significance") {
  const PlacedPanel panel = placed(single(curves(2)))[0];
  CHECK(panel.strip > 0);
  CHECK(panel.px(panel.x.low) == Approx(panel.area.left));
  CHECK(panel.px(panel.x.high) == Approx(panel.area.right));
  CHECK(panel.py(panel.y.low) == Approx(panel.area.bottom - panel.strip));
  CHECK(panel.py(panel.y.high) == Approx(panel.area.top));
}

TEST_CASE("a figure too small for its margins is an error") {
  CHECK_THROWS_WITH(placed(single(curves(1), 12, 10)), "figure: 12 x 10 mm leaves no room for a panel beside its labels");
}

TEST_CASE("limits that are no range are an error") {
  Panel panel = curves(1);
  panel.y.low = 1, panel.y.high = 1;
  CHECK_THROWS_WITH(placed(single(panel)), "ylim: expected low < high, got 1 and 1");
}
