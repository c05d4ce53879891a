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
  const std::string svg = "<g id=\"a\"/><use xlink:href=\"#a\"/><g clip-path=\"url(#clip0)\" width=\"1\"/>";
  const std::string own = with_own_ids(svg);
  const std::string prefix = own.substr(own.find('"') + 1, own.find("a\"") - own.find('"') - 1);
  CHECK(prefix.size() == 10);
  CHECK(own == "<g id=\"" + prefix + "a\"/><use xlink:href=\"#" + prefix + "a\"/><g clip-path=\"url(#" + prefix + "clip0)\" width=\"1\"/>");
  CHECK(with_own_ids(svg) == own);
  CHECK(with_own_ids(svg + " ").find(prefix) == std::string::npos);
}
