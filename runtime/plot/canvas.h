#pragma once
// Drawing in points (1/72 inch) on a page of PNG, SVG or PDF, through Cairo. The same calls give the same page in
// every format: text is measured without hinting.
#include <memory>
#include <string>
#include <vector>

#include "plot/colour.h"
#include "plot/image.h"

namespace brain::plot {

enum class Format { png, svg, pdf };

struct Point {
  double x = 0, y = 0;
};

// y grows downwards.
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
  bool holds(const Box& other, double slack) const {
    return other.left >= left - slack && other.right <= right + slack && other.top >= top - slack &&
           other.bottom <= bottom + slack;
  }
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

enum class Horizontal { left, centre, right };  // which part of the text stands at the anchor
enum class Vertical { top, middle, baseline };  // top and middle of capitals

struct TextStyle {
  double size = 7;
  Horizontal horizontal = Horizontal::left;
  Vertical vertical = Vertical::baseline;
  double angle = 0;  // degrees, anticlockwise, about the anchor
  bool bold = false;
  Colour colour = from_hex(0x1A1A1A);
};

struct Stroke {
  Colour colour;
  double width = 0.6;
  bool dashed = false;
};

class Canvas {
 public:
  // A white page. `family` is the nearest font the machine has; without any, Cairo's built-in one.
  Canvas(Format format, double width, double height, double dpi, const std::string& family);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  double width() const { return width_; }
  double height() const { return height_; }

  double text_width(const std::string& text, double size, bool bold = false) const;
  static double capital_height(double size) { return 0.72 * size; }
  static double line_height(double size) { return 1.3 * size; }

  void text(const std::string& text, Point anchor, const TextStyle& style);
  void line(const std::vector<Point>& points, const Stroke& stroke);  // NaN interrupts it
  void area(const std::vector<Point>& outline, const Colour& fill);
  void rectangle(const Box& box, const Colour& fill);
  void frame(const Box& box, const Stroke& stroke);
  void dot(Point centre, double radius, const Colour& fill);
  void image(const Image& image, const Box& box, bool cells);  // cells: sharp edges, otherwise smooth

  void clip(const Box& box);  // until unclip
  void unclip();

  // The boxes of all text so far.
  const std::vector<Box>& text_boxes() const { return text_boxes_; }

  // The page as a file's bytes; afterwards nothing can be drawn.
  std::string finish();

 private:
  struct Page;
  std::unique_ptr<Page> page_;
  double width_, height_;
  std::vector<Box> text_boxes_;
};

}  // namespace brain::plot
