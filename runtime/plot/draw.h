#pragma once
#include "plot/layout.h"

namespace brain::plot {

// Draws the figure on a canvas of its size.
void draw(const Figure& figure, Canvas& canvas);

// The figure as the bytes of a file; dpi counts for PNG.
std::string render(const Figure& figure, Format format, double dpi);

// Format by the extension .png, .svg or .pdf; throws for others.
Format format_of(const std::string& path);

}  // namespace brain::plot
