// Legends list each series once and look for a free corner.
#include <catch2/catch.hpp>

#include "plot/legend.h"
#include "plot_figures.h"

using namespace brain::plot;

namespace {
PlacedPanel placed(const Figure& figure) {
  const Canvas canvas(Format::svg, figure.width * points_per_mm, figure.height * points_per_mm, 72, figure.family);
  return place(figure, canvas)[0];
}

Curve line(Numbers x, Numbers y) { return {"series", {}, std::move(x), std::move(y), {}, {}}; }
}  // namespace

TEST_CASE("every series once, bands last, nothing without a name") {
  Panel panel;
  add(panel, Curve{"ceiling", {}, {0, 1}, {}, {0, 0}, {1, 1}});
  add(panel, line({0, 1}, {0, 1}));
  add(panel, line({0, 1}, {1, 2}));
  add(panel, Curve{"", {}, {0, 1}, {0, 1}, {}, {}});
  const auto entries = legend_entries(panel);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].name == "series");
  CHECK(entries[1].kind == LegendEntry::Kind::band);
  panel.legend = Legend::none;
  CHECK(legend_entries(panel).empty());
}

TEST_CASE("the legend lies in the corner that is free") {
  Panel rising, falling;
  add(rising, line({0, 1, 1}, {0, 0, 1}));
  add(falling, line({0, 1}, {1, 1}));
  add(falling, line({1, 1}, {0, 1}));
  const PlacedPanel a = placed(single(rising)), b = placed(single(falling));
  CHECK(a.area.holds(a.legend_box, 0.1));
  CHECK(a.legend_box.right < (a.area.left + a.area.right) / 2);
  CHECK(b.legend_box.right < (b.area.left + b.area.right) / 2);
  CHECK(b.legend_box.top > (b.area.top + b.area.bottom) / 2);
}

TEST_CASE("without a free corner the axis grows, or where it is fixed the legend stands at the right") {
  Panel panel;
  add(panel, line({0, 1, 1, 0, 0}, {0, 0, 1, 1, 0}));
  const PlacedPanel grown = placed(single(panel));
  CHECK_FALSE(grown.legend_outside);
  CHECK(grown.y.high > 1.05);
  CHECK(grown.legend_box.bottom < grown.py(1));
  panel.y.high = 1;
  const PlacedPanel p = placed(single(panel));
  CHECK(p.legend_outside);
  CHECK(p.legend_box.left > p.area.right);
  CHECK(p.legend_box.right <= p.cell.right + 0.1);
}

TEST_CASE("the legend's size grows with its entries") {
  const Canvas canvas(Format::svg, 10, 10, 72, "Arial");
  const Measures m(7);
  const LegendEntry entry{LegendEntry::Kind::bar, "name", {}, false};
  const Point one = legend_size({entry}, m, canvas), two = legend_size({entry, entry}, m, canvas);
  CHECK(two.y == Approx(2 * one.y));
  CHECK(one.x == Approx(swatch_width({entry}, m) + m.gap + canvas.text_width("name", 7)));
}
