// Pages in three formats, and where text lies.
#include <catch2/catch.hpp>

#include "plot/canvas.h"

using namespace brain::plot;

namespace {
std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) n = n << 8 | static_cast<unsigned char>(bytes[at + i]);
  return n;
}
}  // namespace

TEST_CASE("a PNG has the size of the page at its resolution") {
  Canvas canvas(Format::png, 72, 36, 200, "Arial");
  canvas.rectangle({10, 10, 20, 20}, okabe_ito(0));
  const std::string png = canvas.finish();
  CHECK(png.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  CHECK(big_endian(png, 16) == 200);
  CHECK(big_endian(png, 20) == 100);
  CHECK(png.substr(37, 4) == "pHYs");
}

TEST_CASE("SVG and PDF") {
  for (Format format : {Format::svg, Format::pdf}) {
    Canvas canvas(format, 72, 36, 300, "Arial");
    canvas.text("r = 0.5", {10, 20}, {});
    canvas.image({1, 1, {255, 0, 0}}, {0, 0, 5, 5}, true);
    const std::string bytes = canvas.finish();
    if (format == Format::svg) {
      CHECK(bytes.find("<svg") != std::string::npos);
      CHECK(bytes.find("72pt") != std::string::npos);
    } else {
      CHECK(bytes.substr(0, 5) == "%PDF-");
    }
  }
}

TEST_CASE("text is as wide in every format") {
  Canvas png(Format::png, 100, 100, 300, "Arial"), svg(Format::svg, 100, 100, 72, "Arial");
  const double a = png.text_width("Similarity (Spearman ρ)", 7), b = svg.text_width("Similarity (Spearman ρ)", 7);
  CHECK(a > 20);
  CHECK(std::abs(a - b) < 0.01 * a);
  CHECK(png.text_width("MM", 7) > png.text_width("M", 7));
}

TEST_CASE("boxes of text follow alignment and turn with it") {
  Canvas canvas(Format::svg, 100, 100, 72, "Arial");
  const double width = canvas.text_width("word", 10);
  canvas.text("word", {50, 50}, {10, Horizontal::right, Vertical::top});
  canvas.text("word", {50, 50}, {10, Horizontal::centre, Vertical::middle, 90});
  const auto& boxes = canvas.text_boxes();
  REQUIRE(boxes.size() == 2);
  CHECK(boxes[0].right == Approx(50));
  CHECK(boxes[0].left == Approx(50 - width));
  CHECK(boxes[0].top == Approx(50));
  CHECK(boxes[1].top == Approx(50 - width / 2));
  CHECK(boxes[1].bottom == Approx(50 + width / 2));
  canvas.text("", {50, 50}, {});
  CHECK(boxes.size() == 2);
}

TEST_CASE("an unknown font falls back to one the machine has") {
  Canvas canvas(Format::svg, 100, 100, 72, "No Such Family");
  CHECK(canvas.text_width("M", 10) > 0);
}

TEST_CASE("boxes hold and meet") {
  const Box box{0, 0, 10, 10};
  CHECK(box.holds({1, 1, 9, 9}, 0));
  CHECK(box.holds({-0.5, 1, 9, 9}, 1));
  CHECK_FALSE(box.holds({-0.5, 1, 9, 9}, 0));
  CHECK(box.meets({5, 5, 15, 15}));
  CHECK_FALSE(box.meets({10, 0, 20, 10}));
}
