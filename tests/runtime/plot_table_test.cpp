// The numbers of a figure as CSV.
#include <catch2/catch.hpp>

#include "plot/table.h"
#include "plot_figures.h"

using namespace brain::plot;

TEST_CASE("one observation a line, what is absent is empty") {
  Panel panel;
  panel.title = "T, \"x\"";
  add(panel, Curve{"V1", {}, {0.1, 2}, {0.3, NAN}, {}, {}});
  add(panel, Curve{"ceiling", {}, {0}, {}, {1}, {2}});
  add(panel, Bars{"model", {{}}, {0}, {5}, {4}, {6}, 0.8, true, {"V1"}});
  add(panel, Histogram{"h", {}, {0, 1, 3}, {7, 8}});
  add(panel, Significance{"V1", {}, 10, 30, 0});
  add(panel, Heat{"", 2, 2, {0, 1, 1, 0}, ColourMap::grey, {0, 1}, true, {"a", "b"}});
  const std::string p = "\"T, \"\"x\"\"\",";
  CHECK(table(single(panel)) == "panel,series,x,y,low,high\n" + p + "V1,0.1,0.3,,\n" + p + "V1,2,,,\n" + p + "ceiling,0,,1,2\n" +
    p + "model,V1,5,4,6\n" + p + "h,0.5,7,0,1\n" + p + "h,2,8,1,3\n" + p + "V1 significant,10,,,\n" + p + "V1 significant,30,,,\n" +
    p + "a,b,1,,\n");
}

TEST_CASE("panels by letter, title or place") {
  Figure figure;
  Panel letter, title, plain;
  letter.letter = "a", title.title = "T";
  for (Panel* panel : {&letter, &title, &plain}) add(*panel, Rule{false, 1, {}});
  figure.rows = {{letter, title}, {plain}};
  CHECK(table(figure) == "panel,series,x,y,low,high\na,line,,1,,\nT,line,,1,,\n3,line,,1,,\n");
}
