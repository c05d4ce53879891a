#include "plot/bytes.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "core/hash.h"

namespace brain::plot {
namespace {

std::string big_endian(std::uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
}

// CRC-32 of ISO 3309, as PNG chunks carry it; bit by bit, for a few bytes.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

}  // namespace

std::string with_resolution(std::string png, double dpi) {
  constexpr std::size_t after_header = 8 + 4 + 4 + 13 + 4;  // signature, then the whole IHDR chunk
  if (png.size() < after_header) return png;
  const auto per_metre = static_cast<std::uint32_t>(std::lround(dpi / 0.0254));
  const std::string chunk = "pHYs" + big_endian(per_metre) + big_endian(per_metre) + '\1';
  return png.insert(after_header, big_endian(9) + chunk + big_endian(crc32(chunk)));
}

std::string with_own_ids(const std::string& svg) {
  char prefix[20];
  std::snprintf(prefix, sizeof prefix, "f%08x-", static_cast<unsigned>(hash64(svg) >> 32));
  std::string result;
  result.reserve(svg.size() + svg.size() / 8);
  std::size_t at = 0;
  while (true) {
    std::size_t found = std::string::npos, length = 0;
    for (std::string_view before : {std::string_view(" id=\""), std::string_view("href=\"#"), std::string_view("url(#")}) {
      const std::size_t place = svg.find(before, at);
      if (place < found) found = place, length = before.size();
    }
    if (found == std::string::npos) break;
    result.append(svg, at, found + length - at);
    result += prefix;
    at = found + length;
  }
  return result.append(svg, at);
}

}  // namespace brain::plot
