#include "plot/bytes.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
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
  std::map<std::string, std::size_t> numbers;  // of the ids, in order of appearance
  const auto renamed = [&](const std::string& prefix) {
    std::string result;
    result.reserve(svg.size() + svg.size() / 8);
    std::size_t at = 0;
    while (true) {
      std::size_t place = std::string::npos, length = 0;
      for (std::string_view before : {" id=\"", "href=\"#", "url(#"}) {
        const std::size_t found = svg.find(before, at);
        if (found < place) place = found, length = before.size();
      }
      if (place == std::string::npos) return result.append(svg, at);
      result.append(svg, at, place + length - at);
      at = svg.find_first_of("\")", place + length);
      const std::string id = svg.substr(place + length, at - place - length);
      result += prefix + std::to_string(numbers.emplace(id, numbers.size()).first->second);
    }
  };
  char prefix[20];
  std::snprintf(prefix, sizeof prefix, "f%08x-", static_cast<unsigned>(hash64(renamed("")) >> 32));
  return renamed(prefix);
}

}  // namespace brain::plot
