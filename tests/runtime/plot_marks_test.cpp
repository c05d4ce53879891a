// Marks appear where the data says: pixels of a drawn panel.
#include <catch2/catch.hpp>

#include "plot/marks.h"
#include "plot_figures.h"

using namespace brain::plot;

namespace {

// Draws a panel's marks alone, black on white, over a page of 100 x 100 points at one pixel a point, as an SVG.
std::string drawn(Panel panel) {
  PlacedPanel placed;
  placed.panel = &panel;
  placed.area = placed.cell = {0, 0, 100, 100};
  placed.x = placed.y = {0, 10};
  Canvas canvas(Format::svg, 100, 100, 72, "Arial");
  draw_marks(placed, Measures(7), canvas);
  return canvas.finish();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("a bar stands from 0 to its height") {
  Panel panel;
  add(panel, Bars{"", {from_hex(0)}, {5}, {4}, {}, {}, 2});
  CHECK(drawn(panel).find("M 40 60 L 60 60 L 60 100 L 40 100 Z") != std::string::npos);
}

TEST_CASE("NaN interrupts a line and its band") {
  Panel whole, broken;
  add(whole, Curve{"", {}, {0, 1, 2, 3, 4}, {1, 1, 1, 1, 1}, {}, {}});
  add(broken, Curve{"", {}, {0, 1, 2, 3, 4}, {1, 1, NAN, 1, 1}, {}, {}});
  CHECK(drawn(whole).find("M 0 90 L 10 90 L 20 90 L 30 90 L 40 90") != std::string::npos);
  CHECK(drawn(broken).find("M 0 90 L 10 90 M 30 90 L 40 90") != std::string::npos);
}

TEST_CASE("dots outside the limits are left out") {
  Panel inside, outside;
  add(inside, Points{"", {{}}, {5, 5}, {5, 6}});
  add(outside, Points{"", {{}}, {5, 50}, {5, NAN}});
  CHECK(count(drawn(inside), " C ") == 2 * count(drawn(outside), " C "));
}

TEST_CASE("words beside dots do not meet") {
  Panel panel;
  add(panel, Points{"", {{}}, {5, 5.05, 5.1, 5.15, 5.2, 5.25}, {5, 5, 5, 5, 5, 5}, 1.6, 1, true, {}, {"aaa", "bbb", "ccc", "ddd", "eee", "fff"}});
  PlacedPanel placed;
  placed.panel = &panel;
  placed.area = placed.cell = {0, 0, 100, 100};
  placed.x = placed.y = {0, 10};
  Canvas canvas(Format::svg, 100, 100, 72, "Arial");
  draw_marks(placed, Measures(7), canvas);
  const auto& boxes = canvas.text_boxes();
  CHECK(boxes.size() >= 2);
  for (std::size_t i = 0; i < boxes.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      Box a = boxes[i], b = boxes[k];
      a.bottom -= 0.22 * 7, b.bottom -= 0.22 * 7;  // capitals: descenders may reach into the next line
      CHECK_FALSE(a.meets(b));
    }
}
