#include "plot/layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/error.h"
#include "plot/legend.h"

namespace brain::plot {
namespace {

constexpr double slant = 40 * std::numbers::pi / 180;
constexpr double smallest_area = 12;  // points a side
constexpr double legend_gap = 8;
constexpr double edge = 2;  // of the page, left free

struct Margins {
  double left = 0, right = 0, top = 0, bottom = 0;
};

template <class T>
bool holds(const Panel& panel) {
  return std::any_of(panel.marks.begin(), panel.marks.end(), [](const Mark& m) { return std::holds_alternative<T>(m); });
}

// --- Ranges

Interval range(const Panel& panel, const Axis& axis, bool vertical) {
  Numbers values;
  for (const Mark& mark : panel.marks) {
    const Numbers more = vertical ? y_values(mark) : x_values(mark);
    values.insert(values.end(), more.begin(), more.end());
  }
  const bool exact = holds<Heat>(panel) || !axis.names.empty() || (!vertical && !holds<Points>(panel) && !holds<Picture>(panel));
  Interval result = range_of(values, exact ? 0 : 0.06);
  if (!axis.names.empty()) {
    result = {std::min(result.low, axis.ticks.front() - 0.5), std::max(result.high, axis.ticks.back() + 0.5)};
    result = {result.low - 0.1, result.high + 0.1};
  }
  if (vertical && (holds<Bars>(panel) || holds<Histogram>(panel))) {  // bars stand on the axis
    if (result.low < 0 && *std::min_element(values.begin(), values.end()) >= 0) result.low = 0;
    if (result.high > 0 && *std::max_element(values.begin(), values.end()) <= 0) result.high = 0;
  }
  if (axis.low) result.low = *axis.low;
  if (axis.high) result.high = *axis.high;
  if (!(result.low < result.high)) {
    if (axis.low && axis.high) fail(vertical ? "ylim" : "xlim", ": expected low < high, got ", result.low, " and ", result.high);
    (axis.low ? result.high : result.low) = axis.low ? result.low + 1 : result.high - 1;
  }
  return result;
}

// Widens the shorter range, so that a unit is as long on both axes.
void equalise(PlacedPanel& p) {
  const double x_unit = p.x.length() / p.area.width(), y_unit = p.y.length() / (p.area.height() - p.strip);
  const auto widen = [](Interval& range, double factor) {
    const double middle = (range.low + range.high) / 2, half = range.length() / 2 * factor;
    range = {middle - half, middle + half};
  };
  if (x_unit > y_unit) widen(p.y, x_unit / y_unit);
  else widen(p.x, y_unit / x_unit);
}

// --- Ticks

double widest(const Names& labels, double size, const Canvas& canvas) {
  double result = 0;
  for (const std::string& label : labels) result = std::max(result, canvas.text_width(label, size));
  return result;
}

bool side_by_side(const PlacedPanel& p, const Measures& m, const Canvas& canvas) {
  double end = -INFINITY;
  for (std::size_t i = 0; i < p.x_labels.size(); ++i) {
    const double half = canvas.text_width(p.x_labels[i], m.font) / 2, centre = p.px(p.x_ticks[i]);
    if (centre - half < end + 0.5 * m.font) return false;
    end = centre + half;
  }
  return true;
}

Numbers within(const Numbers& ticks, Interval range) {
  Numbers kept;
  const double slack = 1e-9 * range.length();
  for (double t : ticks)
    if (t >= range.low - slack && t <= range.high + slack) kept.push_back(t);
  return kept;
}

void choose_ticks(PlacedPanel& p, const Measures& m, const Canvas& canvas) {
  const Panel& panel = *p.panel;
  p.x_ticks.clear(), p.y_ticks.clear(), p.x_labels.clear(), p.y_labels.clear();
  if (panel.y.visible) {
    const int most = static_cast<int>(p.area.height() / (2.4 * m.font)) + 1;
    p.y_ticks = panel.y.ticks.empty() ? nice_ticks(p.y, std::min(most, 7)) : within(panel.y.ticks, p.y);
    p.y_labels = tick_labels(p.y_ticks);
  }
  if (!panel.x.visible) return;
  if (!panel.x.names.empty()) {
    p.x_ticks = panel.x.ticks;
    p.x_labels = panel.x.names;
    p.slanted = !side_by_side(p, m, canvas);
    return;
  }
  for (int most = 8; most >= 2; --most) {
    p.x_ticks = panel.x.ticks.empty() ? nice_ticks(p.x, most) : within(panel.x.ticks, p.x);
    p.x_labels = tick_labels(p.x_ticks);
    if (!panel.x.ticks.empty() || side_by_side(p, m, canvas)) break;
  }
}

// --- Margins

const Heat* heat_of(const Panel& panel) {
  for (const Mark& mark : panel.marks)
    if (auto* heat = std::get_if<Heat>(&mark)) return heat;
  return nullptr;
}

// Space the names of a Heat's rows (left) and columns (below) take.
void heat_margins(PlacedPanel& p, const Measures& m, const Canvas& canvas, Margins& margins) {
  const Panel& panel = *p.panel;
  const Heat* heat = heat_of(panel);
  if (!heat) return;
  const double cell = std::min(p.area.width() / heat->columns, p.area.height() / heat->rows);
  p.named_cells = heat->show_names && panel.groups.empty() && cell >= 0.98 * m.font;
  if (p.named_cells) {
    const double width = widest(heat->names, m.font, canvas) + m.gap;
    margins.left += width, margins.bottom += width;
  }
  if (panel.groups.empty()) return;
  const double bracket = 3 + m.gap;
  p.slanted_groups = false;
  double width = 0;
  for (const Group& group : panel.groups) {
    const double text = canvas.text_width(group.name, m.font);
    width = std::max(width, text);
    if (text > (group.to - group.from) * cell - 1) p.slanted_groups = true;
  }
  margins.left += bracket + (p.slanted_groups ? width : m.font) + 1;
  margins.bottom += bracket + (p.slanted_groups ? width * std::sin(slant) + m.font * std::cos(slant) : m.font) + 1;
}

Margins margins_of(PlacedPanel& p, const Measures& m, const Canvas& canvas) {
  const Panel& panel = *p.panel;
  const double capital = Canvas::capital_height(m.font);
  Margins margins;
  double overhang = 0;  // of x labels to the left; y labels stand above it
  if (panel.y.visible) {
    margins.left += m.tick + m.gap + widest(p.y_labels, m.font, canvas);
    margins.top = std::max(margins.top, capital / 2);
  }
  if (panel.x.visible && !p.x_labels.empty()) {
    double height = capital;
    if (p.slanted) height = widest(p.x_labels, m.font, canvas) * std::sin(slant) + capital * std::cos(slant);
    margins.bottom += (panel.x.tick_marks ? m.tick : 0) + m.gap + height + (p.slanted ? 0 : 0.25 * m.font);
    for (std::size_t i = 0; i < p.x_labels.size(); ++i) {
      const double width = canvas.text_width(p.x_labels[i], m.font), centre = p.px(p.x_ticks[i]);
      const double left = p.slanted ? width * std::cos(slant) : width / 2, right = p.slanted ? 2 : width / 2;
      overhang = std::max(overhang, p.area.left - (centre - left));
      margins.right = std::max(margins.right, centre + right - p.area.right);
    }
  }
  heat_margins(p, m, canvas, margins);
  if (!panel.y.label.empty()) margins.left += Canvas::line_height(m.label) + 1;
  if (!panel.x.label.empty()) margins.bottom += Canvas::line_height(m.label);
  double half_picture = 0;  // thumbnails reach beyond the points they stand for
  for (const Mark& mark : panel.marks)
    if (auto* picture = std::get_if<Picture>(&mark); picture && picture->width == 0)
      half_picture = std::max(half_picture, picture->size / 2 + (picture->caption.empty() ? 1 : 4 + m.font));
  margins.left += half_picture, margins.right += half_picture, margins.top += half_picture, margins.bottom += half_picture;
  p.left_extent = margins.left, p.bottom_extent = margins.bottom;
  margins.left = std::max(margins.left, overhang);
  if (!panel.title.empty()) margins.top = std::max(margins.top + 1, 0.0) + Canvas::line_height(m.title);
  if (!panel.letter.empty()) margins.top = std::max(margins.top, Canvas::line_height(m.letter));
  if (panel.colour_bar) {
    const Names labels = tick_labels(nice_ticks(panel.colour_bar->limits, colour_bar_ticks));
    margins.right += 6 + m.colour_bar + m.tick + m.gap + widest(labels, m.font, canvas) +
                     (panel.colour_bar->label.empty() ? 0 : Canvas::line_height(m.label) + 1);
    margins.top = std::max(margins.top, capital / 2), margins.bottom = std::max(margins.bottom, capital / 2);
  }
  return margins;
}

// --- Area

void set_area(PlacedPanel& p, const Margins& margins, const Figure& figure) {
  const Box& c = p.cell;
  p.area = {c.left + margins.left, c.top + margins.top, c.right - margins.right, c.bottom - margins.bottom};
  if (p.area.width() < smallest_area || p.area.height() - p.strip < smallest_area)
    fail("figure: ", figure.width, " x ", figure.height, " mm leaves no room for a panel beside its labels");
  const Heat* heat = heat_of(*p.panel);
  if (!p.panel->square_cells || !heat) return;
  const double cell = std::min(p.area.width() / heat->columns, p.area.height() / heat->rows);
  p.area.right = p.area.left + cell * heat->columns;
  p.area.bottom = p.area.top + cell * heat->rows;
}

void set_ranges(PlacedPanel& p) {
  p.x = range(*p.panel, p.panel->x, false);
  p.y = range(*p.panel, p.panel->y, true);
  if (p.headroom > 0) p.y.high += p.y.length() * p.headroom / (p.area.height() - p.strip - p.headroom);
  if (p.panel->equal_units) equalise(p);
}

int strip_rows(const Panel& panel) {
  int rows = 0;
  for (const Mark& mark : panel.marks)
    if (auto* s = std::get_if<Significance>(&mark)) rows = std::max(rows, s->row + 1);
  return rows;
}

// Puts the legend into a free corner of the area, where the y axis may become a little longer for it, otherwise to the
// right of the area: true when it asks for a margin there.
bool place_legend(PlacedPanel& p, const Measures& m, const Canvas& canvas) {
  if (p.legend.empty()) return false;
  const Point size = legend_size(p.legend, m, canvas);
  const Legend where = p.panel->legend;
  p.legend_box = {};
  if (where != Legend::automatic && where != Legend::right) p.legend_box = legend_corner(p, size, where);
  if (where == Legend::automatic && !p.legend_outside) {
    p.legend_box = legend_inside(p, size, Cover::nothing);
    const bool may_grow = !p.panel->y.high && p.panel->y.visible && size.y < 0.25 * p.area.height();
    if (p.legend_box.width() == 0 && may_grow) p.headroom = size.y + 4;
    if (p.legend_box.width() == 0) p.legend_box = legend_inside(p, size, Cover::bands);
    const bool no_room_beside = size.x + legend_gap > 0.45 * p.cell.width();
    if (p.legend_box.width() == 0 && (no_room_beside || p.headroom > 0)) p.legend_box = legend_inside(p, size, Cover::least);
  }
  if (p.legend_box.width() > 0) return false;
  const double left = p.area.right + legend_gap, top = p.area.top;
  p.legend_box = {left, top, left + size.x, top + size.y};
  return true;
}

// The cells of the page: rows of the figure's heights, columns of equal width.
std::vector<std::vector<PlacedPanel>> cells(const Figure& figure, const Canvas& canvas, const Measures& m) {
  const double row_gap = 1.4 * m.font, column_gap = 1.8 * m.font;
  Numbers heights = figure.heights;
  if (heights.empty()) heights.assign(figure.rows.size(), 1);
  const double total = std::accumulate(heights.begin(), heights.end(), 0.0);
  const double room = canvas.height() - 2 * edge - row_gap * (static_cast<double>(figure.rows.size()) - 1);
  std::vector<std::vector<PlacedPanel>> grid;
  double top = edge;
  for (std::size_t r = 0; r < figure.rows.size(); ++r) {
    const double height = room * heights[r] / total, count = static_cast<double>(figure.rows[r].size());
    const double width = (canvas.width() - 2 * edge - column_gap * (count - 1)) / count;
    grid.emplace_back();
    for (const Panel& panel : figure.rows[r]) {
      const double left = edge + static_cast<double>(grid[r].size()) * (width + column_gap);
      PlacedPanel placed;
      placed.panel = &panel;
      placed.cell = {left, top, left + width, top + height};
      grid[r].push_back(placed);
    }
    top += height + row_gap;
  }
  return grid;
}

// Axes of one row begin and end at the same height; those of one column, where every row has as many, at the same
// place across.
void align(std::vector<std::vector<Margins>>& margins) {
  bool regular = true;
  for (auto& row : margins) {
    regular = regular && row.size() == margins[0].size();
    double top = 0, bottom = 0;
    for (const Margins& m : row) top = std::max(top, m.top), bottom = std::max(bottom, m.bottom);
    for (Margins& m : row) m.top = top, m.bottom = bottom;
  }
  if (!regular) return;
  for (std::size_t c = 0; c < margins[0].size(); ++c) {
    double left = 0, right = 0;
    for (auto& row : margins) left = std::max(left, row[c].left), right = std::max(right, row[c].right);
    for (auto& row : margins) row[c].left = left, row[c].right = right;
  }
}

}  // namespace

std::vector<PlacedPanel> place(const Figure& figure, const Canvas& canvas) {
  const Measures m(figure.font);
  auto grid = cells(figure, canvas, m);
  std::vector<std::vector<Margins>> margins(grid.size());
  for (std::size_t r = 0; r < grid.size(); ++r) {
    margins[r].resize(grid[r].size(), Margins{4 * m.font, m.font, m.font, 4 * m.font});
    for (PlacedPanel& p : grid[r]) {
      p.legend = legend_entries(*p.panel);
      p.legend_outside = p.panel->legend == Legend::right;
      const int rows = strip_rows(*p.panel);
      p.strip = rows > 0 ? rows * m.strip_row + m.strip_row : 0;
    }
  }
  // margins depend on the ticks, ticks on the area, the area on the margins: a few rounds settle them
  for (int round = 0; round < 5; ++round) {
    for (std::size_t r = 0; r < grid.size(); ++r)
      for (std::size_t c = 0; c < grid[r].size(); ++c) {
        PlacedPanel& p = grid[r][c];
        set_area(p, margins[r][c], figure);
        set_ranges(p);
        choose_ticks(p, m, canvas);
        margins[r][c] = margins_of(p, m, canvas);
        const bool found_no_corner = place_legend(p, m, canvas);
        if (found_no_corner) margins[r][c].right += legend_gap + p.legend_box.width();
        p.legend_outside = p.legend_outside || (round > 0 && found_no_corner);
      }
    align(margins);
  }
  std::vector<PlacedPanel> result;
  for (std::size_t r = 0; r < grid.size(); ++r)
    for (std::size_t c = 0; c < grid[r].size(); ++c) {
      PlacedPanel& p = grid[r][c];
      set_area(p, margins[r][c], figure);
      set_ranges(p);
      p.y_ticks = within(p.y_ticks, p.y);
      if (p.panel->x.names.empty()) p.x_ticks = within(p.x_ticks, p.x), p.x_labels = tick_labels(p.x_ticks);
      p.y_labels = tick_labels(p.y_ticks);
      place_legend(p, m, canvas);
      result.push_back(p);
    }
  return result;
}

void share_limits(Figure& figure, bool share_x, bool share_y) {
  for (const bool vertical : {false, true}) {
    if (!(vertical ? share_y : share_x)) continue;
    const auto axis_of = [&](Panel& panel) -> Axis& { return vertical ? panel.y : panel.x; };
    Numbers ends;
    for (auto& row : figure.rows)
      for (Panel& panel : row)
        if (axis_of(panel).names.empty() && !holds<Heat>(panel)) {
          const Interval all = range(panel, axis_of(panel), vertical);
          ends.push_back(all.low), ends.push_back(all.high);
        }
    const Interval shared = range_of(ends, 0);
    for (auto& row : figure.rows)
      for (Panel& panel : row) {
        Axis& axis = axis_of(panel);
        if (!axis.names.empty() || holds<Heat>(panel)) continue;
        if (!axis.low) axis.low = shared.low;
        if (!axis.high) axis.high = shared.high;
      }
  }
}

void fit_height(Figure& figure) {
  figure.height = 2 * figure.width;  // enough for the width to decide
  const double mm = points_per_mm;
  const Canvas canvas(Format::svg, figure.width * mm, figure.height * mm, 72, figure.family);
  const PlacedPanel placed = place(figure, canvas).at(0);
  figure.height = (placed.area.bottom + placed.bottom_extent + edge) / mm;
}

}  // namespace brain::plot
