#include "io/gifti_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "io/convert_numbers.h"
#include "io/deflate.h"
#include "io/error.h"

namespace brain::io {
namespace {

constexpr std::pair<std::string_view, DType> types[] = {
    {"UINT8", DType::uint8},   {"INT8", DType::int8},     {"INT16", DType::int16}, {"UINT16", DType::uint16},
    {"INT32", DType::int32},   {"UINT32", DType::uint32}, {"INT64", DType::int64}, {"UINT64", DType::uint64},
    {"FLOAT32", DType::float32}, {"FLOAT64", DType::float64}};

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

DType type_named(const std::string& name, const std::string& where) {
  constexpr std::string_view prefix = "NIFTI_TYPE_";
  for (const auto& [known, dtype] : types)
    if (name.starts_with(prefix) && std::string_view(name).substr(prefix.size()) == known) return dtype;
  fail(where, ": numbers of type '", name, "' are not read");
}

Bytes from_text(std::string_view text, std::uint64_t count, DType dtype, const std::string& where) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(std::min<std::uint64_t>(count, text.size()) * sizeof(double));
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  for (;;) {
    while (at < end && blank(*at)) ++at;
    if (at == end) break;
    double value = 0;
    const auto [next, error] = std::from_chars(*at == '+' ? at + 1 : at, end, value);
    if (error != std::errc() || (next < end && !blank(*next)))
      fail(where, ": expected numbers, found '", std::string_view(at, static_cast<std::size_t>(std::find_if(at, at + std::min<std::ptrdiff_t>(20, end - at), blank) - at)), "'");
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
    bytes.insert(bytes.end(), raw, raw + sizeof value);
    at = next;
  }
  return convert_numbers(Bytes::from(std::move(bytes)), DType::float64, dtype);
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t bits = 0;
    for (std::size_t n = 0; n < 3; ++n) bits = bits << 8 | (n < count ? static_cast<unsigned char>(bytes[at + n]) : 0);
    for (std::size_t n = 0; n < 4; ++n) text += n <= count ? kAlphabet[bits >> (18 - 6 * n) & 63] : '=';
  }
  return text;
}

std::string decode_base64(std::string_view text, const std::string& where) {
  static const auto digits = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t n = 0; n < kAlphabet.size(); ++n) values[static_cast<unsigned char>(kAlphabet[n])] = static_cast<std::int8_t>(n);
    return values;
  }();
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0, padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int digit = digits[static_cast<unsigned char>(c)];
    if (digit < 0 || padding) fail(where, ": the base64 data are damaged");
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++count % 4 == 0) {
      out += static_cast<char>(bits >> 16);
      out += static_cast<char>(bits >> 8);
      out += static_cast<char>(bits);
    }
  }
  const int rest = count % 4;
  if (rest == 1 || padding > 2 || (padding && rest + padding != 4)) fail(where, ": the base64 data are cut short");
  if (rest == 2) out += static_cast<char>(bits >> 4);
  if (rest == 3) out.append({static_cast<char>(bits >> 10), static_cast<char>(bits >> 2)});
  return out;
}

Array GiftiData::decode(const std::string& text, const std::string& where, std::uint64_t max_bytes) const {
  const DType dtype = type_named(type, where);
  const std::size_t item = item_size(dtype);
  if (shape.empty() || shape.size() > 6) fail(where, ": expected 1 to 6 axes, found ", shape.size());
  const auto count = static_cast<std::uint64_t>(count_elements(shape, where));
  if (count > max_bytes / item) fail(where, ": shape ", shape_text(shape), " needs more than ", max_bytes, " bytes");
  Bytes data;
  if (encoding == "ASCII") {
    data = from_text(text, count, dtype, where);
  } else {
    data = Bytes::from(decode_base64(text, where));
    if (encoding == "GZipBase64Binary") data = inflate_zlib(data, where, std::max<std::uint64_t>(count * item, 1));
    else if (encoding != "Base64Binary") fail(where, ": unknown encoding '", encoding, "' (data in other files are not read)");
    if (endian == "BigEndian") data = swapped(data, dtype);
    else if (endian != "LittleEndian") fail(where, ": unknown byte order '", endian, "'");
  }
  if (data.size != count * item)
    fail(where, ": expected ", count, " numbers for shape ", shape_text(shape), ", found ", data.size / item);
  if (order != "RowMajorOrder" && order != "ColumnMajorOrder") fail(where, ": unknown order '", order, "'");
  return {dtype, shape, order == "RowMajorOrder" ? row_major_strides(shape) : column_major_strides(shape), 0, std::move(data)};
}

}  // namespace brain::io
