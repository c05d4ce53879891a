#include "io/matlab_write.h"

#include <algorithm>
#include <cstring>

#include "core/atomic_file.h"
#include "io/convert_numbers.h"
#include "io/deflate.h"
#include "io/error.h"

namespace brain::io {
namespace {

constexpr int kDepth = 100;
constexpr std::size_t kMostName = 63;

// Types of data elements, classes of arrays, flags.
enum : std::uint32_t { miINT8 = 1, miUINT8 = 2, miINT32 = 5, miUINT32 = 6, miMATRIX = 14, miCOMPRESSED = 15, miUTF8 = 16, miUTF16 = 17 };
enum : std::uint32_t { mxCELL = 1, mxSTRUCT = 2, mxCHAR = 4, mxDOUBLE = 6, mxUINT8 = 9, kLogical = 0x200, kComplex = 0x800 };

struct Class {
  DType dtype;
  std::uint32_t kind, stored;
};
constexpr Class classes[] = {{DType::float64, 6, 9}, {DType::float32, 7, 7}, {DType::int8, 8, 1},    {DType::uint8, 9, 2},
                             {DType::int16, 10, 3},  {DType::uint16, 11, 4}, {DType::int32, 12, 5},  {DType::uint32, 13, 6},
                             {DType::int64, 14, 12}, {DType::uint64, 15, 13}};

std::string u32(std::uint32_t value) { return {reinterpret_cast<const char*>(&value), 4}; }

std::string element(std::uint32_t type, std::string_view data, const std::string& where) {
  if (data.size() > INT32_MAX) fail(where, ": is larger than the 2 GB that MATLAB's version 7 has room for: save it as .h5");
  std::string bytes = u32(type) + u32(static_cast<std::uint32_t>(data.size()));
  bytes += data;
  bytes.append((8 - data.size() % 8) % 8, '\0');
  return bytes;
}

void check_name(const std::string& name, const std::string& where) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool good = !name.empty() && name.size() <= kMostName && fits(name[0]) &&
                    std::all_of(name.begin(), name.end(), [&](char c) { return fits(c) || (c >= '0' && c <= '9') || c == '_'; });
  if (!good) fail(where, ": '", name.substr(0, 80), "' is no name in MATLAB: expected a letter, then letters, digits and _, at most 63");
}

// An array of any class: flags, sizes, name, and what follows.
std::string matrix(std::uint32_t flags, const Shape& shape, const std::string& name, const std::string& content, const std::string& where) {
  std::string sizes;
  for (const std::int64_t size : shape) {
    if (size > INT32_MAX) fail(where, ": MATLAB's version 7 has axes of at most 2147483647, found shape ", shape_text(shape));
    sizes += u32(static_cast<std::uint32_t>(size));
  }
  return element(miMATRIX, element(miUINT32, u32(flags) + u32(0), where) + element(miINT32, sizes, where) + element(miINT8, name, where) + content,
                 where);
}

Shape at_least_two(Shape shape) {
  while (shape.size() < 2) shape.insert(shape.begin(), 1);
  return shape;
}

std::string numbers(const Array& given, const std::string& name, const std::string& where) {
  Array array = given;
  std::reverse(array.shape.begin(), array.shape.end());  // packed() has the last axis fastest, MATLAB the first
  std::reverse(array.strides.begin(), array.strides.end());
  const Bytes bytes = array.packed();
  const Shape shape = at_least_two(given.shape);
  if (given.dtype == DType::boolean) return matrix(mxUINT8 | kLogical, shape, name, element(miUINT8, bytes.text(), where), where);
  const bool complex = given.dtype == DType::complex64 || given.dtype == DType::complex128;
  const DType part = given.dtype == DType::complex64 ? DType::float32 : given.dtype == DType::complex128 ? DType::float64 : given.dtype;
  const auto* known = std::find_if(std::begin(classes), std::end(classes), [&](const Class& one) { return one.dtype == part; });
  if (known == std::end(classes)) fail(where, ": MATLAB has no ", dtype_name(given.dtype), ": convert the values to float32 first");
  if (!complex) return matrix(known->kind, shape, name, element(known->stored, bytes.text(), where), where);
  const std::size_t size = item_size(part);
  std::string parts[2];
  for (std::size_t at = 0; at < bytes.size; at += 2 * size)
    for (std::size_t k = 0; k < 2; ++k) parts[k].append(bytes.text().substr(at + k * size, size));
  return matrix(known->kind | kComplex, shape, name, element(known->stored, parts[0], where) + element(known->stored, parts[1], where), where);
}

std::string doubles(const std::vector<double>& values, const std::string& name, const std::string& where) {
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  const Shape shape{values.empty() ? 0 : 1, static_cast<std::int64_t>(values.size())};
  return matrix(mxDOUBLE, shape, name, element(9, bytes, where), where);
}

// UTF-8 as UTF-16; what is not UTF-8 becomes U+FFFD.
std::u16string utf16(std::string_view text) {
  std::u16string units;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at++]);
    const int more = first < 0x80 ? 0 : first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    std::uint32_t code = more <= 0 ? first : first & (0x3fu >> more);
    bool good = more >= 0 && first < 0xf8;
    for (int n = 0; good && n < more; ++n) {
      good = at < text.size() && (text[at] & 0xc0) == 0x80;
      if (good) code = code << 6 | (text[at++] & 0x3f);
    }
    if (!good || code > 0x10ffff) code = 0xfffd;
    if (code < 0x10000) units += static_cast<char16_t>(code);
    else units += {static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10)), static_cast<char16_t>(0xdc00 + ((code - 0x10000) & 0x3ff))};
  }
  return units;
}

std::string characters(std::string_view text, const std::string& name, const std::string& where) {
  const std::u16string units = utf16(text);
  const Shape shape{units.empty() ? 0 : 1, static_cast<std::int64_t>(units.size())};
  const bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return c & 0x80; });
  if (ascii) return matrix(mxCHAR, shape, name, element(miUTF8, text, where), where);
  const std::string_view bytes(reinterpret_cast<const char*>(units.data()), units.size() * 2);
  return matrix(mxCHAR, shape, name, element(miUTF16, bytes, where), where);
}

std::string variable(const Value& value, const std::string& name, const std::string& where, int depth);

std::string structure(const Dict& dict, const std::string& name, const std::string& where, int depth) {
  std::string names, fields;
  for (const auto& [key, item] : dict.items()) {
    const std::string field = key.as<Text>() ? std::string(key.as<Text>()->view()) : key_text(key);
    check_name(field, where);
    names += field + std::string(kMostName + 1 - field.size(), '\0');
    fields += variable(item, "", where + "." + field, depth + 1);
  }
  return matrix(mxSTRUCT, {1, 1}, name, element(miINT32, u32(kMostName + 1), where) + element(miINT8, names, where) + fields, where);
}

std::string list(const std::vector<Value>& items, const std::string& name, const std::string& where, int depth) {
  std::vector<double> row;
  for (const Value& item : items) {
    if (item.number()) row.push_back(*item.number());
    else if (item.integer()) row.push_back(static_cast<double>(*item.integer()));
    else break;
  }
  if (!items.empty() && row.size() == items.size()) return doubles(row, name, where);
  std::string cells;
  for (std::size_t n = 0; n < items.size(); ++n) cells += variable(items[n], "", join_text(where, "{", n + 1, "}"), depth + 1);
  return matrix(mxCELL, {items.empty() ? 0 : 1, static_cast<std::int64_t>(items.size())}, name, cells, where);
}

std::string variable(const Value& value, const std::string& name, const std::string& where, int depth) {
  if (depth > kDepth) fail(where, ": nested deeper than ", kDepth);
  if (value.is_null()) return doubles({}, name, where);
  if (const bool* yes = value.boolean())
    return matrix(mxUINT8 | kLogical, {1, 1}, name, element(miUINT8, *yes ? std::string_view("\1", 1) : std::string_view("\0", 1), where), where);
  if (const double* number = value.number()) return doubles({*number}, name, where);
  if (const std::int64_t* whole = value.integer()) {
    if (std::abs(*whole) <= std::int64_t{1} << 53) return doubles({static_cast<double>(*whole)}, name, where);
    return matrix(14, {1, 1}, name, element(12, {reinterpret_cast<const char*>(whole), 8}, where), where);
  }
  if (const auto* words = value.as<Text>()) return characters(words->view(), name, where);
  if (const auto* array = value.as<Array>()) return numbers(*array, name, where);
  if (const auto* items = sequence(value)) return list(*items, name, where, depth);
  if (const auto* dict = value.as<Dict>()) return structure(*dict, name, where, depth);
  fail(where, ": MATLAB has no ", value.kind());
}

}  // namespace

void write_matlab(const std::string& path, const Value& value) {
  const auto* dict = value.as<Dict>();
  if (!dict) fail(path, ": a MATLAB file holds variables by name, found a ", value.kind());
  std::string header = "MATLAB 5.0 MAT-file, written by brainlua";
  header.resize(124, ' ');
  header += std::string_view("\0\1IM", 4);
  std::vector<std::string> variables;
  for (const auto& [key, item] : dict->items()) {
    const std::string name = key.as<Text>() ? std::string(key.as<Text>()->view()) : key_text(key), where = path + ": " + name;
    check_name(name, path);
    std::string bytes = variable(item, name, where, 0);
    if (has_zlib()) {
      const std::string packed = deflate_zlib(bytes, where, 3);
      if (packed.size() > INT32_MAX) fail(where, ": is larger than the 2 GB that MATLAB's version 7 has room for: save it as .h5");
      bytes = u32(miCOMPRESSED) + u32(static_cast<std::uint32_t>(packed.size())) + packed;
    }
    variables.push_back(std::move(bytes));
  }
  AtomicFile file(path);
  file.write(header);
  for (const std::string& bytes : variables) file.write(bytes);
  file.commit();
}

}  // namespace brain::io
