#include "plot/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include "core/error.h"
#include "plot/bytes.h"

namespace brain::plot {
namespace {

cairo_status_t append(void* text, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) fail("drawing failed: ", cairo_status_to_string(status));
}

cairo_surface_t* make_surface(Format format, double width, double height, double dpi, std::string& bytes) {
  if (format == Format::svg) return cairo_svg_surface_create_for_stream(append, &bytes, width, height);
  if (format == Format::pdf) return cairo_pdf_surface_create_for_stream(append, &bytes, width, height);
  return cairo_image_surface_create(CAIRO_FORMAT_RGB24, std::max(1, static_cast<int>(std::lround(width * dpi / 72))),
                                    std::max(1, static_cast<int>(std::lround(height * dpi / 72))));
}

constexpr double vector_heat_pixels = 800;  // viewers that smooth images do not blur cells of several pixels

}  // namespace

struct Canvas::Page {
  Format format;
  double dpi;
  std::string bytes;
  cairo_surface_t* surface = nullptr;
  cairo_t* cairo = nullptr;

  Page(Format f, double d) : format(f), dpi(d) {}
  ~Page() {
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
  }

  void select(const std::string& family, bool bold) {
    cairo_select_font_face(cairo, family.c_str(), CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  }
  void colour(const Colour& c) { cairo_set_source_rgba(cairo, c.red, c.green, c.blue, c.alpha); }
  void pen(const Stroke& stroke) {
    colour(stroke.colour);
    cairo_set_line_width(cairo, stroke.width);
    const double dash[] = {3 * stroke.width, 2.2 * stroke.width};
    cairo_set_dash(cairo, dash, stroke.dashed ? 2 : 0, 0);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
  }

  std::string family;
  bool ascii_only = false;

  // What the font has signs for: Cairo's own has no minus sign.
  std::string drawable(std::string text) const {
    static const std::string minus = "\u2212";
    for (std::size_t at; ascii_only && (at = text.find(minus)) != std::string::npos;) text.replace(at, minus.size(), 1, '-');
    return text;
  }
};

Canvas::Canvas(Format format, double width, double height, double dpi, const std::string& family)
    : page_(std::make_unique<Page>(format, dpi)), width_(width), height_(height) {
  Page& p = *page_;
  p.surface = make_surface(format, width, height, dpi, p.bytes);
  check(cairo_surface_status(p.surface));
  p.cairo = cairo_create(p.surface);
  check(cairo_status(p.cairo));
  if (format == Format::png) cairo_scale(p.cairo, dpi / 72, dpi / 72);
  p.colour(from_hex(0xFFFFFF));
  cairo_paint(p.cairo);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options(p.cairo, options);
  cairo_font_options_destroy(options);
  p.family = family;
  p.select(family, false);
  // a machine without any font gets Cairo's own, drawn by a user font
  p.ascii_only = cairo_scaled_font_get_type(cairo_get_scaled_font(p.cairo)) == CAIRO_FONT_TYPE_USER;
}

Canvas::~Canvas() = default;

double Canvas::text_width(const std::string& text, double size, bool bold) const {
  page_->select(page_->family, bold);
  cairo_set_font_size(page_->cairo, size);
  cairo_text_extents_t extents;
  cairo_text_extents(page_->cairo, page_->drawable(text).c_str(), &extents);
  return extents.x_advance;
}

void Canvas::text(const std::string& text, Point anchor, const TextStyle& style) {
  if (text.empty()) return;
  const double width = text_width(text, style.size, style.bold);
  const double left = style.horizontal == Horizontal::left ? 0 : style.horizontal == Horizontal::centre ? -width / 2 : -width;
  const double capital = capital_height(style.size);
  const double base = style.vertical == Vertical::top ? capital : style.vertical == Vertical::middle ? capital / 2 : 0;
  const double angle = -style.angle * std::numbers::pi / 180;
  cairo_t* cairo = page_->cairo;
  cairo_save(cairo);
  cairo_translate(cairo, anchor.x, anchor.y);
  cairo_rotate(cairo, angle);
  cairo_move_to(cairo, left, base);
  page_->colour(style.colour);
  cairo_show_text(cairo, page_->drawable(text).c_str());
  cairo_restore(cairo);

  Box box{INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (double x : {left, left + width})
    for (double y : {base - capital, base + 0.22 * style.size}) {  // from the capitals' top to the descenders
      const double px = anchor.x + x * std::cos(angle) - y * std::sin(angle);
      const double py = anchor.y + x * std::sin(angle) + y * std::cos(angle);
      box = {std::min(box.left, px), std::min(box.top, py), std::max(box.right, px), std::max(box.bottom, py)};
    }
  text_boxes_.push_back(box);
}

void Canvas::line(const std::vector<Point>& points, const Stroke& stroke) {
  page_->pen(stroke);
  bool open = false;
  for (const Point& p : points) {
    const bool finite = std::isfinite(p.x) && std::isfinite(p.y);
    if (finite) open ? cairo_line_to(page_->cairo, p.x, p.y) : cairo_move_to(page_->cairo, p.x, p.y);
    open = finite;
  }
  cairo_stroke(page_->cairo);
}

void Canvas::area(const std::vector<Point>& outline, const Colour& fill) {
  if (outline.empty()) return;
  for (const Point& p : outline) cairo_line_to(page_->cairo, p.x, p.y);
  cairo_close_path(page_->cairo);
  page_->colour(fill);
  cairo_fill(page_->cairo);
}

void Canvas::rectangle(const Box& box, const Colour& fill) {
  cairo_rectangle(page_->cairo, box.left, box.top, box.width(), box.height());
  page_->colour(fill);
  cairo_fill(page_->cairo);
}

void Canvas::frame(const Box& box, const Stroke& stroke) {
  page_->pen(stroke);
  cairo_set_line_join(page_->cairo, CAIRO_LINE_JOIN_MITER);
  cairo_rectangle(page_->cairo, box.left, box.top, box.width(), box.height());
  cairo_stroke(page_->cairo);
}

void Canvas::dot(Point centre, double radius, const Colour& fill) {
  cairo_new_sub_path(page_->cairo);
  cairo_arc(page_->cairo, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  page_->colour(fill);
  cairo_fill(page_->cairo);
}

void Canvas::image(const Image& given, const Box& box, bool cells) {
  const bool vector = page_->format != Format::png;
  const double dots = vector ? 300 : page_->dpi;
  const int shown = std::max(1, static_cast<int>(std::ceil(std::max(box.width(), box.height()) * dots / 72)));
  const int side = std::max(given.width, given.height);
  Image image = given;
  if (!cells || side > 2 * shown) image = shrunk(given, shown);
  else if (vector && side < vector_heat_pixels) image = repeated(given, static_cast<int>(std::ceil(vector_heat_pixels / side)));

  cairo_surface_t* source = cairo_image_surface_create(CAIRO_FORMAT_RGB24, image.width, image.height);
  check(cairo_surface_status(source));
  unsigned char* pixels = cairo_image_surface_get_data(source);
  const int stride = cairo_image_surface_get_stride(source);
  for (int y = 0; y < image.height; ++y) {
    auto* row = reinterpret_cast<std::uint32_t*>(pixels + static_cast<std::ptrdiff_t>(y) * stride);
    const std::uint8_t* from = &image.rgb[static_cast<std::size_t>(y) * image.width * 3];
    for (int x = 0; x < image.width; ++x, from += 3) row[x] = from[0] << 16 | from[1] << 8 | from[2];
  }
  cairo_surface_mark_dirty(source);
  cairo_save(page_->cairo);
  cairo_translate(page_->cairo, box.left, box.top);
  cairo_scale(page_->cairo, box.width() / image.width, box.height() / image.height);
  cairo_set_source_surface(page_->cairo, source, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(page_->cairo), cells && side <= shown ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  if (vector) {  // an image of its own, which every viewer knows, rather than a pattern
    cairo_paint(page_->cairo);
  } else {  // smooth at the edges too
    cairo_pattern_set_extend(cairo_get_source(page_->cairo), CAIRO_EXTEND_PAD);
    cairo_rectangle(page_->cairo, 0, 0, image.width, image.height);
    cairo_fill(page_->cairo);
  }
  cairo_restore(page_->cairo);
  cairo_surface_destroy(source);
}

void Canvas::clip(const Box& box) {
  cairo_save(page_->cairo);
  cairo_rectangle(page_->cairo, box.left, box.top, box.width(), box.height());
  cairo_clip(page_->cairo);
}

void Canvas::unclip() { cairo_restore(page_->cairo); }

std::string Canvas::finish() {
  Page& p = *page_;
  check(cairo_status(p.cairo));
  if (p.format == Format::png) check(cairo_surface_write_to_png_stream(p.surface, append, &p.bytes));
  cairo_surface_finish(p.surface);
  check(cairo_surface_status(p.surface));
  if (p.format == Format::png) return with_resolution(std::move(p.bytes), p.dpi);
  if (p.format == Format::svg) return with_own_ids(p.bytes);
  return std::move(p.bytes);
}

}  // namespace brain::plot
