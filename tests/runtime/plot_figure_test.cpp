// What fits into a panel, and the values of marks along the axes.
#include <catch2/catch.hpp>

#include "plot_figures.h"

using namespace brain::plot;

TEST_CASE("lists of one mark are equally long") {
  Panel panel;
  Curve curve{"V1", {}, {0, 1, 2}, {1, 2}, {}, {}};
  CHECK_THROWS_WITH(add(panel, curve), "curve 'V1': y: expected 3 values, as x, got 2");
  curve.y = {1, 2, 3}, curve.low = {1, 1, 1}, curve.high = {2};
  CHECK_THROWS_WITH(add(panel, curve), Catch::Contains("high: expected 3 values"));
  CHECK_THROWS_WITH(add(panel, Bars{"", {okabe_ito(0)}, {0, 1}, {1}, {}, {}}), "bars: y: expected 2 values, as x, got 1");
  CHECK_THROWS_WITH(add(panel, Points{"p", {{}, {}}, {0, 1, 2}, {1, 2, 3}}), Catch::Contains("colours: expected 3"));
  CHECK_THROWS_WITH(add(panel, Heat{"", 2, 2, {1, 2, 3}}), "matrix: expected 2 x 2 values, got 3");
  CHECK_THROWS_WITH(add(panel, Histogram{"", {}, {0, 1}, {1, 2}}), Catch::Contains("one count fewer than edges"));
  CHECK_THROWS_WITH(add(panel, Picture{"", "", 0, 0, 16, 0, 0, {2, 2, {1}}, {}}), Catch::Contains("2 x 2 x 3 bytes, got 1"));
  CHECK(panel.marks.empty());
}

TEST_CASE("values along the axes") {
  CHECK(x_values(Bars{"", {}, {1}, {5}, {}, {}, 0.5}) == Numbers{0.75, 1.25});
  CHECK(y_values(Bars{"", {}, {1}, {5}, {4}, {6}, 0.5}) == Numbers{5, 4, 6, 0});
  CHECK(y_values(Curve{"", {}, {1}, {5}, {4}, {6}}) == Numbers{5, 4, 6});
  CHECK(x_values(Rule{true, 3, {}}) == Numbers{3});
  CHECK(y_values(Rule{true, 3, {}}).empty());
  CHECK(y_values(Heat{"", 3, 3, {}}) == Numbers{-2.5, 0.5});
  CHECK(x_values(Histogram{"", {}, {0, 1, 3}, {5, 7}}) == Numbers{0, 1, 3});
}

TEST_CASE("only figures of one panel go into a grid") {
  Figure figure = single(curves(1));
  CHECK(only_panel(figure).title == "Waves");
  figure.rows.push_back({curves(1)});
  CHECK_THROWS_WITH(only_panel(figure), "expected a figure of one panel, got a grid");
}
