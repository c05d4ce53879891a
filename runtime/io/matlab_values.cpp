#include "io/matlab_values.h"

#include <algorithm>
#include <cstring>

#include "io/convert_numbers.h"
#include "io/numpy_type.h"

namespace brain::io::matlab {
namespace {

std::string utf8(const std::u16string& units) {
  static constexpr std::uint32_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  std::string out;
  for (std::size_t n = 0; n < units.size(); ++n) {
    std::uint32_t code = units[n];
    if (code >= 0xd800 && code < 0xdc00 && n + 1 < units.size() && (units[n + 1] & 0xfc00) == 0xdc00)
      code = 0x10000 + ((code - 0xd800) << 10) + (units[++n] - 0xdc00u);
    else if (code >= 0xd800 && code < 0xe000) code = 0xfffd;  // half of a pair
    if (code < 0x80) {
      out += static_cast<char>(code);
      continue;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    out += static_cast<char>(lead[more] | code >> (6 * more));
    for (int k = more; k-- > 0;) out += static_cast<char>(0x80 | (code >> (6 * k) & 0x3f));
  }
  return out;
}

}  // namespace

Value nested(const std::vector<Value>& items, const Shape& shape) {
  const auto longer = std::count_if(shape.begin(), shape.end(), [](std::int64_t size) { return size > 1; });
  if (items.empty() || longer <= 1) return Value::of(List{items});
  const Shape strides = column_major_strides(shape);
  std::vector<Value> row_major;
  row_major.reserve(items.size());
  Shape index(shape.size(), 0);
  std::int64_t at = 0;
  for (std::size_t n = 0; n < items.size(); ++n) {
    row_major.push_back(items[static_cast<std::size_t>(at)]);
    for (std::size_t d = shape.size(); d-- > 0;) {
      at += strides[d];
      if (++index[d] < shape[d]) break;
      at -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return nested_lists(row_major, shape);
}

Value characters(const std::vector<char16_t>& units, const Shape& shape) {
  if (units.empty()) return text("");
  const std::size_t rows = static_cast<std::size_t>(shape[0]), columns = units.size() / rows;
  if (rows == 1) return text(utf8({units.begin(), units.end()}));
  List list;
  for (std::size_t row = 0; row < rows; ++row) {
    std::u16string line;
    for (std::size_t column = 0; column < columns; ++column) line += units[column * rows + row];
    line.erase(line.find_last_not_of(std::u16string(u" \0", 2)) + 1);
    list.items.push_back(text(utf8(line)));
  }
  return Value::of(std::move(list));
}

Array complex_array(const Bytes& real, const Bytes& imaginary, DType dtype, const Shape& shape, const Shape& strides) {
  const DType part = dtype == DType::float32 ? DType::float32 : DType::float64;
  const std::size_t size = item_size(part);
  const Bytes parts[2] = {convert_numbers(real, dtype, part), convert_numbers(imaginary, dtype, part)};
  std::vector<std::uint8_t> both(parts[0].size * 2);
  for (std::size_t n = 0; n < parts[0].size / size; ++n)
    for (std::size_t k = 0; k < 2; ++k) std::memcpy(&both[(2 * n + k) * size], parts[k].data + n * size, size);
  return {part == DType::float32 ? DType::complex64 : DType::complex128, shape, strides, 0, Bytes::from(std::move(both))};
}

}  // namespace brain::io::matlab
