#pragma once
// What a figure holds, in the units of its data. layout.h gives everything its place, draw.h draws it, table.h
// writes its numbers; only canvas.h knows Cairo.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plot/colour.h"
#include "plot/image.h"
#include "plot/ticks.h"

namespace brain::plot {

using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

// A line with a band around it. An empty y is a band alone, empty low and high a line alone. NaN interrupts.
struct Curve {
  std::string series;
  Colour colour;
  Numbers x, y, low, high;
  bool dashed = false, legend = true;
  double width = 1.1;  // points
};

// Bars from 0 to y, `width` of the x axis wide, with error bars from low to high.
struct Bars {
  std::string series;
  std::vector<Colour> colours;  // one, or one a bar
  Numbers x, y, low, high;
  double width = 0.8;
  bool legend = true;
  Names names;  // of the bars, for the table
};

// Counts between rising edges.
struct Histogram {
  std::string series;
  Colour colour;
  Numbers edges, counts;  // n + 1, n
  double opacity = 1;
};

// Dots. `texts`, where given, stand beside them.
struct Points {
  std::string series;
  std::vector<Colour> colours;  // one, or one a point
  Numbers x, y;
  double radius = 1.6;  // points
  double opacity = 1;
  bool legend = true;
  Names names, texts;
};

// A line across the panel.
struct Rule {
  bool vertical = false;
  double value = 0;
  Colour colour;
  bool dashed = true;
};

// A thick bar from one x to another in a strip below the curves: where a series is significant.
struct Significance {
  std::string series;
  Colour colour;
  double from = 0, to = 0;
  int row = 0;  // of the strip, from the top
};

// A matrix as coloured cells; cell (row, column) has its centre at x = column, y = -row.
struct Heat {
  std::string series;
  int rows = 0, columns = 0;
  Numbers values;  // [rows, columns]; NaN is white
  ColourMap map = ColourMap::viridis;
  Interval limits;
  bool pairs = false;  // symmetric: the table holds the upper triangle only
  Names names;         // of rows and columns, for the table
  bool show_names = false;
};

// A picture with its centre at (x, y), as large as `size` points, or filling width x height of the axes with a
// caption below.
struct Picture {
  std::string series, caption;
  double x = 0, y = 0;
  double size = 16;               // points, the longer side
  double width = 0, height = 0;  // of the axes; 0: size counts
  Image image;
  std::optional<Colour> frame;
};

// Words in a corner of the panel, as fractions of its width and height from the lower left.
struct Note {
  std::string text;
  double x = 0.03, y = 0.97;
};

using Mark = std::variant<Curve, Bars, Histogram, Points, Rule, Significance, Heat, Picture, Note>;

struct Axis {
  std::string label;
  std::optional<double> low, high;  // from the data where absent
  Numbers ticks;                    // chosen where empty
  Names names;                      // of the ticks: a categorical axis
  bool visible = true;
  bool tick_marks = true;
};

// A stretch of rows and columns of a Heat with a name; its edges lie half a row before the first and after the last.
struct Group {
  std::string name;
  double from = 0, to = 0;
};

struct ColourBar {
  ColourMap map = ColourMap::viridis;
  Interval limits;
  std::string label;
};

enum class Legend { automatic, none, top_left, top_right, bottom_left, bottom_right, right };
const Names& legend_names();  // in the order of the enumeration: 'auto', 'none', 'top left', ...

struct Panel {
  std::string title, letter;
  Axis x, y;
  std::vector<Mark> marks;
  Legend legend = Legend::automatic;
  std::optional<ColourBar> colour_bar;
  std::vector<Group> groups;
  bool equal_units = false;   // one unit of x is as long as one of y: the ranges widen
  bool square_cells = false;  // the same, but the panel shrinks
};

struct Figure {
  double width = 89, height = 60;  // millimetres
  double font = 7;                 // points
  std::string family = "Arial";    // the nearest the machine has
  std::vector<std::vector<Panel>> rows;
  Numbers heights;  // of the rows, relative; equal where empty
};

// A panel of the figure's first row alone; throws when there are more.
const Panel& only_panel(const Figure& figure);

// Adds a mark, whose lists must fit: "curve 'V1': y: expected 100 values, as x, got 99".
void add(Panel& panel, Mark mark);

// The numbers of a mark along each axis.
Numbers x_values(const Mark& mark);
Numbers y_values(const Mark& mark);

}  // namespace brain::plot
