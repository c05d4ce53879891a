#include "plot/draw.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "plot/legend.h"
#include "plot/marks.h"

namespace brain::plot {
namespace {

const Colour spine_colour = from_hex(0x333333);
constexpr double spine = 0.6;

// Axes are drawn outside the clip, so that curves at the limits do not hide them.
void draw_axes(const PlacedPanel& p, const Measures& m, Canvas& canvas) {
  const Panel& panel = *p.panel;
  const Box& a = p.area;
  const double floor = a.bottom - p.strip;  // where y ends
  if (panel.y.visible) {
    canvas.line({{a.left, a.top}, {a.left, floor}}, {spine_colour, spine});
    for (std::size_t i = 0; i < p.y_ticks.size(); ++i) {
      const double y = p.py(p.y_ticks[i]);
      canvas.line({{a.left - m.tick, y}, {a.left, y}}, {spine_colour, spine});
      canvas.text(p.y_labels[i], {a.left - m.tick - m.gap, y}, {m.font, Horizontal::right, Vertical::middle});
    }
  }
  if (panel.x.visible) {
    canvas.line({{a.left - spine / 2, a.bottom}, {a.right, a.bottom}}, {spine_colour, spine});
    const double tick = panel.x.tick_marks ? m.tick : 0;
    for (std::size_t i = 0; i < p.x_labels.size(); ++i) {
      const double x = p.px(p.x_ticks[i]);
      if (tick > 0) canvas.line({{x, a.bottom}, {x, a.bottom + tick}}, {spine_colour, spine});
      const Point anchor{x, a.bottom + tick + m.gap};
      if (p.slanted) canvas.text(p.x_labels[i], {anchor.x + 1.5, anchor.y}, {m.font, Horizontal::right, Vertical::top, 40});
      else canvas.text(p.x_labels[i], anchor, {m.font, Horizontal::centre, Vertical::top});
    }
  }
}

void draw_labels(const PlacedPanel& p, const Measures& m, Canvas& canvas) {
  const Panel& panel = *p.panel;
  const Box& a = p.area;
  const double floor = a.bottom - p.strip;
  if (!panel.y.label.empty()) {
    const double x = a.left - p.left_extent;
    canvas.text(panel.y.label, {x, (a.top + floor) / 2}, {m.label, Horizontal::centre, Vertical::top, 90});
  }
  if (!panel.x.label.empty())
    canvas.text(panel.x.label, {(a.left + a.right) / 2, a.bottom + p.bottom_extent - 0.25 * m.label},
                {m.label, Horizontal::centre, Vertical::baseline});
  if (!panel.title.empty())
    canvas.text(panel.title, {(a.left + a.right) / 2, a.top - 0.6 * m.title},
                {m.title, Horizontal::centre, Vertical::baseline});
  if (!panel.letter.empty())
    canvas.text(panel.letter, {p.cell.left, p.cell.top}, {m.letter, Horizontal::left, Vertical::top, 0, true});
}

void draw_legend(const PlacedPanel& p, const Measures& m, Canvas& canvas) {
  const Box& box = p.legend_box;
  const double right = box.left + swatch_width(p.legend, m);
  for (std::size_t i = 0; i < p.legend.size(); ++i) {
    const LegendEntry& entry = p.legend[i];
    const double y = box.top + Canvas::line_height(m.font) * (static_cast<double>(i) + 0.5);
    const double half = 0.36 * m.font;
    if (entry.kind == LegendEntry::Kind::line) canvas.line({{box.left, y}, {right, y}}, {entry.colour, 1.1, entry.dashed});
    else if (entry.kind == LegendEntry::Kind::dot) canvas.dot({(box.left + right) / 2, y}, 1.8, entry.colour);
    else canvas.rectangle({box.left, y - half, right, y + half}, entry.colour);
    if (entry.kind == LegendEntry::Kind::band)  // it may lie on the band itself
      canvas.frame({box.left, y - half, right, y + half}, {from_hex(0x999999), 0.4});
    canvas.text(entry.name, {right + m.gap, y}, {m.font, Horizontal::left, Vertical::middle});
  }
}

void draw_colour_bar(const PlacedPanel& p, const Measures& m, Canvas& canvas) {
  const ColourBar& bar = *p.panel->colour_bar;
  constexpr int steps = 256;
  Image image{1, steps, {}};
  for (int i = 0; i < steps; ++i) {
    const Colour c = map_colour(bar.map, 1 - (i + 0.5) / steps);
    for (double channel : {c.red, c.green, c.blue}) image.rgb.push_back(static_cast<std::uint8_t>(std::lround(channel * 255)));
  }
  const Box box{p.area.right + 6, p.area.top, p.area.right + 6 + m.colour_bar, p.area.bottom};
  canvas.image(image, box, true);
  const std::vector<double> ticks = nice_ticks(bar.limits, colour_bar_ticks);
  const Names labels = tick_labels(ticks);
  double widest = 0;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double y = box.bottom - (ticks[i] - bar.limits.low) / bar.limits.length() * box.height();
    canvas.line({{box.right, y}, {box.right + m.tick, y}}, {spine_colour, spine});
    canvas.text(labels[i], {box.right + m.tick + m.gap, y}, {m.font, Horizontal::left, Vertical::middle});
    widest = std::max(widest, canvas.text_width(labels[i], m.font));
  }
  const double x = box.right + m.tick + m.gap + widest + Canvas::line_height(m.label);
  canvas.text(bar.label, {x, (box.top + box.bottom) / 2}, {m.label, Horizontal::centre, Vertical::baseline, 90});
}

// Names of a Heat's rows and columns, and brackets with the names of its groups.
void draw_cell_names(const PlacedPanel& p, const Measures& m, Canvas& canvas) {
  const Box& a = p.area;
  for (const Mark& mark : p.panel->marks)
    if (auto* heat = std::get_if<Heat>(&mark); heat && p.named_cells)
      for (std::size_t i = 0; i < heat->names.size(); ++i) {
        const double place = static_cast<double>(i);
        canvas.text(heat->names[i], {a.left - m.gap, p.py(-place)}, {m.font, Horizontal::right, Vertical::middle});
        canvas.text(heat->names[i], {p.px(place), a.bottom + m.gap}, {m.font, Horizontal::right, Vertical::middle, 90});
      }
  const double near = 3, far = near + m.gap;
  for (const Group& group : p.panel->groups) {
    const double left = p.px(group.from) + 0.6, right = p.px(group.to) - 0.6;
    const double top = p.py(-group.from) + 0.6, bottom = p.py(-group.to) - 0.6;
    canvas.line({{left, a.bottom + near}, {right, a.bottom + near}}, {spine_colour, spine});
    canvas.line({{a.left - near, top}, {a.left - near, bottom}}, {spine_colour, spine});
    const Point below{(left + right) / 2, a.bottom + far}, beside{a.left - far, (top + bottom) / 2};
    if (p.slanted_groups) {
      canvas.text(group.name, {below.x + 1.5, below.y}, {m.font, Horizontal::right, Vertical::top, 40});
      canvas.text(group.name, beside, {m.font, Horizontal::right, Vertical::middle});
    } else {
      canvas.text(group.name, below, {m.font, Horizontal::centre, Vertical::top});
      canvas.text(group.name, {beside.x - 0.22 * m.font, beside.y}, {m.font, Horizontal::centre, Vertical::baseline, 90});
    }
  }
}

}  // namespace

void draw(const Figure& figure, Canvas& canvas) {
  const Measures measures(figure.font);
  for (const PlacedPanel& placed : place(figure, canvas)) {
    draw_marks(placed, measures, canvas);
    draw_axes(placed, measures, canvas);
    draw_cell_names(placed, measures, canvas);
    draw_labels(placed, measures, canvas);
    draw_legend(placed, measures, canvas);
    if (placed.panel->colour_bar) draw_colour_bar(placed, measures, canvas);
  }
}

std::string render(const Figure& figure, Format format, double dpi) {
  Canvas canvas(format, figure.width * points_per_mm, figure.height * points_per_mm, dpi, figure.family);
  draw(figure, canvas);
  return canvas.finish();
}

Format format_of(const std::string& path) {
  const auto ends_with = [&](const char* extension) { return path.ends_with(extension); };
  if (ends_with(".png")) return Format::png;
  if (ends_with(".svg")) return Format::svg;
  if (ends_with(".pdf")) return Format::pdf;
  fail(path, ": expected a name that ends with .pdf, .svg or .png");
}

}  // namespace brain::plot
