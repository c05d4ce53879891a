#pragma once
#include "plot/layout.h"

namespace brain::plot {

// What a panel's legend lists: each series once, in the order of the marks.
std::vector<LegendEntry> legend_entries(const Panel& panel);

// Width of the samples of line or colour beside the names.
double swatch_width(const std::vector<LegendEntry>& entries, const Measures& measures);

// Width and height of the entries in one column.
Point legend_size(const std::vector<LegendEntry>& entries, const Measures& measures, const Canvas& canvas);

// The box of a legend in a corner of the area.
Box legend_corner(const PlacedPanel& placed, Point size, Legend corner);

// What a corner may cover: nothing; bands alone, on which words are readable; or as little as there is.
enum class Cover { nothing, bands, least };

// The box in the first corner that covers no more, or one without width.
Box legend_inside(const PlacedPanel& placed, Point size, Cover may_cover);

}  // namespace brain::plot
