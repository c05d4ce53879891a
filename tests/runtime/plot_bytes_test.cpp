// The resolution of a PNG and the ids of an SVG.
#include <catch2/catch.hpp>

#include "plot/bytes.h"

using namespace brain::plot;

TEST_CASE("the resolution stands behind the header, with the checksum of the standard") {
  const std::string header(33, 'h');
  const std::string png = with_resolution(header + "rest", 300);
  CHECK(png.substr(0, 33) == header);
  CHECK(png.substr(54) == "rest");
  // 300 dpi = 11811 = 0x2E23 dots per metre; the CRC is zlib.crc32 of the type and the data
  const unsigned char chunk[] = {0, 0, 0, 9, 'p', 'H', 'Y', 's', 0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, 1, 0x78, 0xA5, 0x3F, 0x76};
  CHECK(png.substr(33, 21) == std::string(reinterpret_cast<const char*>(chunk), sizeof chunk));
}

TEST_CASE("ids and references change alike, and differ between figures") {
  const auto svg = [](const std::string& a, const std::string& b) {
    return "<g id=\"" + a + "\"/><use xlink:href=\"#" + a + "\"/><g clip-path=\"url(#" + b + ")\" width=\"1\"/>";
  };
  const std::string own = with_own_ids(svg("glyph3", "clip7"));
  const std::string prefix = own.substr(own.find('"') + 1, 10);
  CHECK(prefix.back() == '-');
  CHECK(own == svg(prefix + "0", prefix + "1"));
  CHECK(with_own_ids(svg("glyph5", "clip9")) == own);
  CHECK(with_own_ids(svg("a", "b") + " ").find(prefix) == std::string::npos);
}
