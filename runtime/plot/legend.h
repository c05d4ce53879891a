#pragma once
#include "plot/layout.h"

namespace brain::plot {

// What a panel's legend lists: each series once, in the order of the marks.
std::vector<LegendEntry> legend_entries(const Panel& panel);

// Width of the samples of line or colour beside the names.
double swatch_width(const std::vector<LegendEntry>& entries, const Measures& measures);

// Width and height of the entries in one column.
Point legend_size(const std::vector<LegendEntry>& entries, const Measures& measures, const Canvas& canvas);

// The box of a legend inside the area: at the asked corner, or in the corner that covers the least. Without
// width where every corner covers data.
Box legend_inside(const PlacedPanel& placed, Point size, Legend where);

}  // namespace brain::plot
