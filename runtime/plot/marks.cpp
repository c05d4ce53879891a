#include "plot/marks.h"

#include <algorithm>
#include <cmath>

namespace brain::plot {
namespace {

constexpr double band_opacity = 0.22;
const Colour dark = from_hex(0x1A1A1A);

const Colour& colour_of(const std::vector<Colour>& colours, std::size_t i) {
  return colours.size() == 1 ? colours[0] : colours[i];
}

class Marks {
 public:
  Marks(const PlacedPanel& placed, const Measures& measures, Canvas& canvas) : p_(placed), m_(measures), canvas_(canvas) {}

  // --- Below

  void below(const Curve& c) {
    std::size_t i = 0;
    while (i < c.low.size()) {  // a polygon for each stretch without NaN
      std::size_t end = i;
      while (end < c.low.size() && std::isfinite(c.low[end] + c.high[end])) ++end;
      std::vector<Point> outline;
      for (std::size_t k = i; k < end; ++k) outline.push_back(at(c.x[k], c.low[k]));
      for (std::size_t k = end; k-- > i;) outline.push_back(at(c.x[k], c.high[k]));
      canvas_.area(outline, c.y.empty() ? c.colour : faded(c.colour, band_opacity));
      i = end + 1;
    }
  }

  void below(const Bars& b) {
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      if (!std::isfinite(b.y[i])) continue;
      const Point start = at(b.x[i] - b.width / 2, 0), end = at(b.x[i] + b.width / 2, b.y[i]);
      canvas_.rectangle({start.x, std::min(start.y, end.y), end.x, std::max(start.y, end.y)}, colour_of(b.colours, i));
    }
  }

  void below(const Histogram& h) {
    std::vector<Point> outline = {at(h.edges.front(), 0)};  // one shape: seams between bars would show
    for (std::size_t i = 0; i < h.counts.size(); ++i)
      outline.push_back(at(h.edges[i], h.counts[i])), outline.push_back(at(h.edges[i + 1], h.counts[i]));
    outline.push_back(at(h.edges.back(), 0));
    canvas_.area(outline, faded(h.colour, h.opacity));
  }

  void below(const Heat& h) {
    Image image{h.columns, h.rows, {}};
    image.rgb.reserve(h.values.size() * 3);
    const double length = h.limits.length();
    for (double value : h.values) {
      const Colour c = map_colour(h.map, length > 0 ? (value - h.limits.low) / length : std::isnan(value) ? value : 0.5);
      for (double channel : {c.red, c.green, c.blue}) image.rgb.push_back(static_cast<std::uint8_t>(std::lround(channel * 255)));
    }
    const Point first = at(-0.5, 0.5), last = at(h.columns - 0.5, 0.5 - h.rows);
    canvas_.image(image, {first.x, first.y, last.x, last.y}, true);
  }

  void below(const Rule& r) {
    const double x = p_.px(r.value), y = p_.py(r.value);
    const std::vector<Point> ends = r.vertical ? std::vector<Point>{{x, p_.area.top}, {x, p_.area.bottom}}
                                               : std::vector<Point>{{p_.area.left, y}, {p_.area.right, y}};
    canvas_.line(ends, {r.colour, 0.6, r.dashed});
  }

  template <class T>
  void below(const T&) {}

  // --- Above

  void above(const Curve& c) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < c.y.size(); ++i) points.push_back(at(c.x[i], c.y[i]));
    canvas_.line(points, {c.colour, c.width, c.dashed});
  }

  void above(const Bars& b) {
    for (std::size_t i = 0; i < b.low.size(); ++i) {
      if (!std::isfinite(b.low[i] + b.high[i])) continue;
      const Point low = at(b.x[i], b.low[i]), high = at(b.x[i], b.high[i]);
      canvas_.line({low, high}, {dark, 0.8});
    }
  }

  void above(const Points& points) {
    for (std::size_t i = 0; i < points.x.size(); ++i) {
      if (!inside(points.x[i], points.y[i])) continue;
      const Point place = at(points.x[i], points.y[i]);
      canvas_.dot(place, points.radius, faded(colour_of(points.colours, i), points.opacity));
    }
  }

  void above(const Significance& s) {
    const double from = std::max(p_.px(s.from), p_.area.left), to = std::min(p_.px(s.to), p_.area.right);
    const double y = p_.area.bottom - p_.strip + m_.strip_row * (s.row + 0.75);
    const double least = std::max(0.0, 1.5 - (to - from)) / 2;  // one sample is still to be seen
    if (to >= from) canvas_.rectangle({from - least, y - 0.9, to + least, y + 0.9}, s.colour);
  }

  void above(const Picture& picture) {
    const double ratio = static_cast<double>(picture.image.width) / picture.image.height;
    const Point centre = at(picture.x, picture.y);
    double width = picture.size, height = picture.size, caption = 0;
    if (picture.width > 0) {
      caption = picture.caption.empty() ? 0 : Canvas::line_height(m_.font) + 1;
      width = std::abs(at(picture.x + picture.width, picture.y).x - centre.x);
      height = std::abs(at(picture.x, picture.y + picture.height).y - centre.y) - caption;
      if (height < 2) height = 2;
    }
    if (width > height * ratio) width = height * ratio;
    else height = width / ratio;
    const double middle = centre.y - caption / 2;
    const Box box{centre.x - width / 2, middle - height / 2, centre.x + width / 2, middle + height / 2};
    canvas_.image(picture.image, box, false);
    if (picture.frame) canvas_.frame(box, {*picture.frame, 1.2});
    TextStyle style{m_.font, Horizontal::centre, Vertical::top};
    canvas_.text(picture.caption, {centre.x, box.bottom + 2.5}, style);
  }

  void above(const Note& note) {
    TextStyle style{m_.font, note.x > 0.5 ? Horizontal::right : Horizontal::left,
                    note.y > 0.5 ? Vertical::top : Vertical::baseline};
    canvas_.text(note.text, {p_.area.left + note.x * p_.area.width(), p_.area.bottom - note.y * p_.area.height()}, style);
  }

  template <class T>
  void above(const T&) {}

  // Texts beside dots go to the side of the dot where they meet nothing so far.
  void texts(const Points& points) {
    const double capital = Canvas::capital_height(m_.font);
    for (std::size_t i = 0; i < points.texts.size(); ++i) {
      if (!inside(points.x[i], points.y[i]) || points.texts[i].empty()) continue;
      const Point place = at(points.x[i], points.y[i]);
      const double width = canvas_.text_width(points.texts[i], m_.font), step = points.radius + 2;
      const Point candidates[] = {{place.x + step, place.y - capital / 2}, {place.x - step - width, place.y - capital / 2},
                                  {place.x - width / 2, place.y - step - capital}, {place.x - width / 2, place.y + step}};
      const Point* best = nullptr;
      for (const Point& c : candidates) {
        const Box box{c.x, c.y, c.x + width, c.y + capital};
        const bool free = p_.area.holds(box, 1) &&
                          std::none_of(taken_.begin(), taken_.end(), [&](const Box& other) { return box.meets(other); });
        if (free && !best) best = &c;
      }
      if (!best) continue;  // no room: the dot stays without words
      taken_.push_back({best->x, best->y, best->x + width, best->y + capital});
      canvas_.text(points.texts[i], {best->x, best->y}, {m_.font, Horizontal::left, Vertical::top});
    }
  }

  void take(const Points& points) {
    for (std::size_t i = 0; i < points.x.size(); ++i) {
      const Point place = at(points.x[i], points.y[i]);
      const double r = points.radius;
      taken_.push_back({place.x - r, place.y - r, place.x + r, place.y + r});
    }
  }

 private:
  Point at(double x, double y) const { return {p_.px(x), p_.py(y)}; }
  bool inside(double x, double y) const {
    return x >= p_.x.low && x <= p_.x.high && y >= p_.y.low && y <= p_.y.high;  // NaN is nowhere
  }

  const PlacedPanel& p_;
  const Measures& m_;
  Canvas& canvas_;
  std::vector<Box> taken_;
};

}  // namespace

void draw_marks(const PlacedPanel& placed, const Measures& measures, Canvas& canvas) {
  Marks marks(placed, measures, canvas);
  const auto& list = placed.panel->marks;
  canvas.clip(placed.area);
  for (const Mark& mark : list) std::visit([&](const auto& m) { marks.below(m); }, mark);
  for (const Mark& mark : list)
    if (std::holds_alternative<Curve>(mark) || std::holds_alternative<Bars>(mark))
      std::visit([&](const auto& m) { marks.above(m); }, mark);
  canvas.unclip();
  for (const Mark& mark : list)
    if (!std::holds_alternative<Curve>(mark) && !std::holds_alternative<Bars>(mark))
      std::visit([&](const auto& m) { marks.above(m); }, mark);
  for (const Mark& mark : list)
    if (auto* points = std::get_if<Points>(&mark)) marks.take(*points);
  for (const Mark& mark : list)
    if (auto* points = std::get_if<Points>(&mark)) marks.texts(*points);
}

}  // namespace brain::plot
