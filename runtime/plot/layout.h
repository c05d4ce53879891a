#pragma once
// Gives the parts of a figure their places on the page, in points. Margins follow from the text they hold.
#include <vector>

#include "plot/canvas.h"
#include "plot/figure.h"

namespace brain::plot {

inline constexpr double points_per_mm = 72 / 25.4;
inline constexpr int colour_bar_ticks = 6;  // at most

// The lengths all parts share, in points, for a font size.
struct Measures {
  double font, label, title, letter;           // sizes of text
  double tick = 2.4, gap = 2.2, strip_row = 3.4, colour_bar = 6;
  explicit Measures(double size) : font(size), label(size), title(size), letter(size * 1.35) {}
};

struct LegendEntry {
  enum class Kind { line, band, bar, dot } kind;
  std::string name;
  Colour colour;
  bool dashed;
};

struct PlacedPanel {
  const Panel* panel = nullptr;
  Box cell;   // everything of the panel
  Box area;   // between the axes
  double strip = 0;  // height of the significance rows within the area, at its bottom
  Interval x, y;
  Numbers x_ticks, y_ticks;
  Names x_labels, y_labels;
  bool slanted = false;        // x labels that would overlap otherwise
  bool named_cells = false;    // a Heat whose rows and columns carry their names
  bool slanted_groups = false;
  double left_extent = 0, bottom_extent = 0;  // how far its labels reach beyond the area
  std::vector<LegendEntry> legend;
  bool legend_outside = false;
  Box legend_box;

  double px(double value) const { return area.left + (value - x.low) / x.length() * area.width(); }
  double py(double value) const {
    return area.bottom - strip - (value - y.low) / y.length() * (area.height() - strip);
  }
};

// The panels in the figure's order. Throws when the figure is too small for its margins.
std::vector<PlacedPanel> place(const Figure& figure, const Canvas& canvas);

// Gives every panel with a numeric axis the limits that hold the data of all of them, where none were set.
void share_limits(Figure& figure, bool x, bool y);

// Sets the height of a figure with one panel of square cells, so that nothing is empty below it.
void fit_height(Figure& figure);

}  // namespace brain::plot
