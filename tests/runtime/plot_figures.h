#pragma once
// Figures of every kind of mark, for the tests of plot/.
#include <cmath>

#include "plot/figure.h"

namespace brain::plot {

inline Curve wave(const std::string& series, double phase, double height = 1) {
  Curve curve{series, okabe_ito(static_cast<std::size_t>(phase)), {}, {}, {}, {}};
  for (int i = 0; i <= 50; ++i) {
    const double y = height * std::sin(i / 8.0 + phase);
    curve.x.push_back(i), curve.y.push_back(y);
    curve.low.push_back(y - 0.1 * height), curve.high.push_back(y + 0.1 * height);
  }
  return curve;
}

inline Panel curves(int count, double height = 1) {
  Panel panel;
  panel.x.label = "Time (ms)", panel.y.label = "Similarity", panel.title = "Waves";
  for (int i = 0; i < count; ++i) {
    add(panel, wave("wave " + std::to_string(i), i, height));
    add(panel, Significance{"wave " + std::to_string(i), okabe_ito(static_cast<std::size_t>(i)), 10, 30, i});
  }
  add(panel, Rule{true, 20, from_hex(0x808080)});
  return panel;
}

inline Panel bars(const Names& names) {
  Panel panel;
  panel.y.label = "Score", panel.x.names = names, panel.x.tick_marks = false;
  Bars bars{"model", {okabe_ito(0)}, {}, {}, {}, {}, 0.8, true, names};
  Points points{"subjects", {okabe_ito(6)}, {}, {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double place = static_cast<double>(i), y = 0.2 + 0.05 * place;
    panel.x.ticks.push_back(place);
    bars.x.push_back(place), bars.y.push_back(y), bars.low.push_back(y - 0.02), bars.high.push_back(y + 0.02);
    points.x.push_back(place), points.y.push_back(y * 1.1);
  }
  add(panel, bars);
  add(panel, points);
  return panel;
}

inline Panel matrix(int n, bool groups) {
  Panel panel;
  panel.x.visible = panel.y.visible = false, panel.square_cells = true;
  Heat heat{"", n, n, {}, ColourMap::viridis, {0, 1}, true, {}, !groups};
  for (int i = 0; i < n * n; ++i) heat.values.push_back(i / n == i % n ? NAN : (i / n + i % n) / (2.0 * n));
  for (int i = 0; i < n; ++i) heat.names.push_back("condition " + std::to_string(i));
  add(panel, heat);
  panel.colour_bar = ColourBar{ColourMap::viridis, {0, 1}, "Dissimilarity"};
  if (groups) panel.groups = {{"animals", -0.5, n / 2 - 0.5}, {"a rather long name of tools", n / 2 - 0.5, n - 0.5}};
  return panel;
}

inline Image checks(int width, int height) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i)
    for (int c = 0; c < 3; ++c) image.rgb.push_back((i % width + i / width) % 2 ? 255 : 0);
  return image;
}

inline Panel map_of_pictures() {
  Panel panel;
  panel.x.visible = panel.y.visible = false, panel.equal_units = true;
  for (int i = 0; i < 4; ++i)
    add(panel, Picture{"", "caption", i % 2 * 3.0, i / 2 * 1.0, 16, 0, 0, checks(8, 6), okabe_ito(1)});
  return panel;
}

inline Figure single(Panel panel, double width = 89, double height = 60) {
  Figure figure;
  figure.width = width, figure.height = height;
  figure.rows = {{std::move(panel)}};
  return figure;
}

}  // namespace brain::plot
