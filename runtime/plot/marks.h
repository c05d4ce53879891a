#pragma once
#include "plot/layout.h"

namespace brain::plot {

// Draws what a panel holds between its axes: cells, bands and bars first, then lines, dots and words.
void draw_marks(const PlacedPanel& placed, const Measures& measures, Canvas& canvas);

}  // namespace brain::plot
