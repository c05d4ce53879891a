// MATLAB 4: twenty bytes of head, a name and the numbers of each variable.
#include <array>
#include <cstring>
#include <optional>

#include "io/convert_numbers.h"
#include "io/error.h"
#include "io/matlab.h"
#include "io/matlab_sparse.h"
#include "io/matlab_values.h"

namespace brain::io {
namespace {

struct Version4 {
  bool swap = false;
  std::int32_t precision = 0, kind = 0;
  std::int64_t rows = 0, columns = 0;
  bool complex = false;
  std::uint32_t name = 0;  // bytes, with the zero at its end
};

std::optional<Version4> version4_head(const Bytes& bytes) {
  if (bytes.size < 20) return std::nullopt;
  std::array<std::uint32_t, 5> words{};
  std::memcpy(words.data(), bytes.data, sizeof words);
  Version4 head;
  head.swap = words[0] > 5000;
  if (head.swap)
    for (auto& word : words) word = __builtin_bswap32(word);
  const auto type = static_cast<std::int32_t>(words[0]);
  head.precision = type / 10 % 10;
  head.kind = type % 10;
  if (words[0] > 5000 || type / 1000 != (head.swap ? 1 : 0) || type / 100 % 10 != 0 || head.precision > 5 || head.kind > 2 ||
      words[3] > 1 || words[4] < 1 || words[4] > 4096 || words[1] > INT32_MAX || words[2] > INT32_MAX)
    return std::nullopt;
  head.rows = words[1];
  head.columns = words[2];
  head.complex = words[3] == 1;
  head.name = words[4];
  return head;
}

// Rows of row, column, value (and its imaginary part), from 1; the last has the sizes of the matrix.
Array sparse(const Bytes& table, const Shape& shape, std::uint64_t max_bytes, const std::string& where) {
  const std::int64_t count = shape[0] - 1;
  if (count < 0 || shape[1] < 3 || shape[1] > 4) fail(where, ": expected rows of 3 or 4 numbers of a sparse matrix, found shape ", shape_text(shape));
  const auto entry = [&](std::int64_t row, std::int64_t column) {
    double value = 0;
    std::memcpy(&value, table.data + 8 * (column * shape[0] + row), 8);
    return value;
  };
  const auto place = [&](std::int64_t row, std::int64_t column) {
    const double value = entry(row, column);
    if (!(value >= 0 && value <= INT32_MAX)) fail(where, ": expected places in a sparse matrix, found ", value);
    return static_cast<std::int64_t>(value);
  };
  matlab::Sparse sparse;
  sparse.shape = {place(count, 0), place(count, 1)};
  for (std::int64_t n = 0; n < count; ++n) {
    sparse.rows.push_back(place(n, 0) - 1);
    sparse.columns.push_back(place(n, 1) - 1);
  }
  const auto column = [&](std::size_t which) { return table.slice(8 * which * static_cast<std::size_t>(shape[0]), 8 * static_cast<std::size_t>(count)); };
  sparse.real = column(2);
  if (shape[1] == 4) sparse.imaginary = column(3);
  return matlab::dense(sparse, max_bytes, where);
}

}  // namespace

bool is_matlab4(const Bytes& content) { return version4_head(content).has_value(); }

void matlab::read_version4(const Bytes& content, const std::string& name, const std::string& key, std::uint64_t max_bytes,
                           Dict& variables, std::vector<std::string>& titles) {
  static constexpr DType types[] = {DType::float64, DType::float32, DType::int32, DType::int16, DType::uint16, DType::uint8};
  Cursor cursor(content, name);
  while (cursor.remaining() > 0) {
    const auto head = version4_head(content.slice(cursor.position(), cursor.remaining()));
    if (!head) cursor.refuse("expected a variable of MATLAB 4");
    cursor.take(20);
    const std::string_view padded = cursor.take(head->name).text();
    const std::string title(padded.substr(0, padded.find('\0')));
    const std::string where = name + ": " + title;
    const Shape shape{head->rows, head->columns};
    const auto count = static_cast<std::uint64_t>(count_elements(shape, where));
    const DType type = types[head->precision];
    Bytes parts[2];
    for (int part = 0; part < (head->complex ? 2 : 1); ++part) {
      if (count > cursor.remaining()) fail(where, ": expected ", count, " numbers, found ", cursor.remaining(), " bytes");
      parts[part] = cursor.take(count * item_size(type));
      if (head->swap) parts[part] = swapped(parts[part], type);
    }
    titles.push_back(title);
    if (!key.empty() && title != key) continue;
    if (head->kind == 2) {
      variables.put(title, Value::of(sparse(convert_numbers(parts[0], type, DType::float64), shape, max_bytes, where)));
    } else if (head->kind == 1) {
      const Bytes units = convert_numbers(parts[0], type, DType::uint16);
      std::vector<char16_t> text(count);
      if (count) std::memcpy(text.data(), units.data, units.size);
      variables.put(title, matlab::characters(text, shape));
    } else if (head->complex) {
      variables.put(title, Value::of(matlab::complex_array(parts[0], parts[1], type, shape, column_major_strides(shape))));
    } else {
      variables.put(title, Value::of(Array{type, shape, column_major_strides(shape), 0, parts[0]}));
    }
  }
}

}  // namespace brain::io
