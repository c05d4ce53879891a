#pragma once
#include "plot/figure.h"

namespace brain::plot {

// The figure's numbers as CSV (RFC 4180), one observation a line: panel, series, x, y, low, high. The panel is its
// letter, else its title, else its place from 1. Numbers are the shortest text that reads back equal; what is absent
// or NaN is empty. A Heat gives a line per cell: series = row, x = column, y = value;
// a Histogram the middle of the bin, the count and the edges; Significance the two ends of each stretch.
std::string table(const Figure& figure);

}  // namespace brain::plot
