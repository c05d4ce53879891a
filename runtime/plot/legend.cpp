#include "plot/legend.h"

#include <algorithm>
#include <cmath>

namespace brain::plot {
namespace {

bool has(const std::vector<LegendEntry>& entries, const std::string& name) {
  return std::any_of(entries.begin(), entries.end(), [&](const LegendEntry& e) { return e.name == name; });
}

// Places that a legend should not cover, in points; words on a pale band are readable.
std::vector<Point> occupied(const PlacedPanel& placed, bool with_bands) {
  std::vector<Point> points;
  const auto segment = [&](double x0, double y0, double x1, double y1) {
    if (!std::isfinite(x0 + y0 + x1 + y1)) return;
    const int steps = std::clamp(static_cast<int>(std::hypot(x1 - x0, y1 - y0) / 2), 1, 500);
    for (int i = 0; i <= steps; ++i)
      points.push_back({x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps});
  };
  for (const Mark& mark : placed.panel->marks) {
    if (auto* c = std::get_if<Curve>(&mark)) {
      if (c->y.empty() && !with_bands) continue;
      for (const Numbers* y : {&c->y, &c->low, &c->high})
        for (std::size_t i = 1; i < y->size(); ++i)
          segment(placed.px(c->x[i - 1]), placed.py((*y)[i - 1]), placed.px(c->x[i]), placed.py((*y)[i]));
    } else if (auto* b = std::get_if<Bars>(&mark)) {
      for (std::size_t i = 0; i < b->x.size(); ++i) {
        const double top = b->high.empty() ? b->y[i] : std::fmax(b->y[i], b->high[i]);
        for (double x : {b->x[i] - b->width / 2, b->x[i], b->x[i] + b->width / 2})
          segment(placed.px(x), placed.py(0), placed.px(x), placed.py(top));
      }
    } else if (auto* h = std::get_if<Histogram>(&mark)) {
      for (std::size_t i = 0; i < h->counts.size(); ++i)
        for (double x : {h->edges[i], h->edges[i + 1]})
          segment(placed.px(x), placed.py(0), placed.px(x), placed.py(h->counts[i]));
    } else if (auto* p = std::get_if<Points>(&mark)) {
      for (std::size_t i = 0; i < p->x.size(); ++i) points.push_back({placed.px(p->x[i]), placed.py(p->y[i])});
    } else if (auto* r = std::get_if<Rule>(&mark)) {
      if (r->vertical) segment(placed.px(r->value), placed.area.top, placed.px(r->value), placed.area.bottom);
      else segment(placed.area.left, placed.py(r->value), placed.area.right, placed.py(r->value));
    } else if (auto* picture = std::get_if<Picture>(&mark)) {
      for (double dx : {-0.5, 0.0, 0.5})
        for (double dy : {-0.5, 0.0, 0.5})
          points.push_back({placed.px(picture->x) + dx * picture->size, placed.py(picture->y) + dy * picture->size});
    } else if (auto* n = std::get_if<Note>(&mark)) {
      const double x = placed.area.left + n->x * placed.area.width(), y = placed.area.bottom - n->y * placed.area.height();
      for (double dx : {0.0, 10.0, 20.0, 30.0, 40.0})
        for (double dy : {0.0, 4.0, 8.0}) points.push_back({x + dx, y + dy});
    }
  }
  return points;
}

}  // namespace

std::vector<LegendEntry> legend_entries(const Panel& panel) {
  std::vector<LegendEntry> entries;
  if (panel.legend == Legend::none) return entries;
  const auto add_entry = [&](LegendEntry::Kind kind, const std::string& name, const Colour& colour, bool dashed) {
    if (!name.empty() && !has(entries, name)) entries.push_back({kind, name, colour, dashed});
  };
  for (const Mark& mark : panel.marks) {
    if (auto* c = std::get_if<Curve>(&mark); c && c->legend)
      add_entry(c->y.empty() ? LegendEntry::Kind::band : LegendEntry::Kind::line, c->series, c->colour, c->dashed);
    else if (auto* b = std::get_if<Bars>(&mark); b && b->legend)
      add_entry(LegendEntry::Kind::bar, b->series, b->colours[0], false);
    else if (auto* h = std::get_if<Histogram>(&mark))
      add_entry(LegendEntry::Kind::bar, h->series, faded(h->colour, h->opacity), false);
    else if (auto* p = std::get_if<Points>(&mark); p && p->legend)
      add_entry(LegendEntry::Kind::dot, p->series, faded(p->colours[0], 1), false);
  }
  // the band of a noise ceiling is drawn first and listed last
  std::stable_partition(entries.begin(), entries.end(),
                        [](const LegendEntry& e) { return e.kind != LegendEntry::Kind::band; });
  return entries;
}

double swatch_width(const std::vector<LegendEntry>& entries, const Measures& m) {
  for (const LegendEntry& entry : entries)
    if (entry.kind == LegendEntry::Kind::line) return 1.7 * m.font;
  return 1.1 * m.font;
}

Point legend_size(const std::vector<LegendEntry>& entries, const Measures& m, const Canvas& canvas) {
  double widest = 0;
  for (const LegendEntry& entry : entries) widest = std::max(widest, canvas.text_width(entry.name, m.font));
  return {swatch_width(entries, m) + m.gap + widest, static_cast<double>(entries.size()) * Canvas::line_height(m.font)};
}

Box legend_corner(const PlacedPanel& placed, Point size, Legend corner) {
  constexpr double inset = 3;
  const Box& area = placed.area;
  const bool left = corner == Legend::top_left || corner == Legend::bottom_left;
  const bool top = corner == Legend::top_left || corner == Legend::top_right;
  const double x = left ? area.left + inset + 2 : area.right - size.x;
  const double y = top ? area.top : area.bottom - placed.strip - inset - size.y;
  return {x, y, x + size.x, y + size.y};
}

Box legend_inside(const PlacedPanel& placed, Point size, Cover may_cover) {
  const Box& area = placed.area;
  if (may_cover != Cover::least && (size.x > 0.75 * area.width() || size.y > 0.7 * area.height())) return {};
  const std::vector<Point> points = occupied(placed, may_cover == Cover::nothing);
  Box best;
  auto fewest = static_cast<std::ptrdiff_t>(points.size()) + 1;
  for (Legend corner : {Legend::top_right, Legend::top_left, Legend::bottom_right, Legend::bottom_left}) {
    const Box box = legend_corner(placed, size, corner);
    const auto covered = std::count_if(points.begin(), points.end(), [&](const Point& p) {
      return p.x > box.left - 3 && p.x < box.right + 3 && p.y > box.top - 1 && p.y < box.bottom + 1;
    });
    if (covered < fewest) best = box, fewest = covered;
  }
  return fewest == 0 || may_cover == Cover::least ? best : Box{};
}

}  // namespace brain::plot
