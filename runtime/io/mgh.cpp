#include "io/mgh.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "core/atomic_file.h"
#include "io/deflate.h"
#include "io/error.h"

namespace brain::io {
namespace {

constexpr std::size_t kHeader = 284;

struct Type {
  std::int32_t code;
  DType dtype;
};
constexpr Type types[] = {{0, DType::uint8}, {1, DType::int32}, {3, DType::float32}, {4, DType::int16}, {10, DType::uint16}};

struct Header {
  std::array<std::int32_t, 4> sizes{};  // x, y, z, frames
  std::int32_t type = 0;
  bool oriented = false;
  std::array<float, 3> steps{1, 1, 1};
  std::array<float, 9> directions{-1, 0, 0, 0, 0, -1, 0, 1, 0};  // of x, y, z, each as right, anterior, superior
  std::array<float, 3> centre{};
};

std::int32_t big_i32(Cursor& cursor) { return static_cast<std::int32_t>(__builtin_bswap32(cursor.u32())); }
float big_f32(Cursor& cursor) { return std::bit_cast<float>(__builtin_bswap32(cursor.u32())); }

Header parse(const Bytes& content, const std::string& name) {
  if (content.size < kHeader) fail(name, ": not an MGH file: expected a header of 284 bytes, found ", content.size);
  Cursor cursor(content, name);
  if (const std::int32_t version = big_i32(cursor); version != 1) fail(name, ": not an MGH file: expected version 1, found ", version);
  Header header;
  for (std::int32_t& size : header.sizes) {
    size = big_i32(cursor);
    if (size < 1) fail(name, ": expected sizes of at least 1, found ", size);
  }
  header.type = big_i32(cursor);
  cursor.u32();  // degrees of freedom
  header.oriented = cursor.u16() != 0;
  if (!header.oriented) return header;
  for (float& value : header.steps) value = big_f32(cursor);
  for (float& value : header.directions) value = big_f32(cursor);
  for (float& value : header.centre) value = big_f32(cursor);
  return header;
}

Value numbers(const double* values, std::size_t count, const Shape& shape) {
  return Value::of(Array{DType::float64, shape, row_major_strides(shape), 0,
                         Bytes::from(std::string(reinterpret_cast<const char*>(values), count * sizeof(double)))});
}

// The centre of the volume lies at the voxel whose indices are half of the sizes.
Value describe(const Header& header, std::optional<float> repetition_time) {
  std::array<double, 16> affine{};
  affine[15] = 1;
  for (std::size_t row = 0; row < 3; ++row) {
    affine[row * 4 + 3] = header.centre[row];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double step = static_cast<double>(header.directions[axis * 3 + row]) * header.steps[axis];
      affine[row * 4 + axis] = step;
      affine[row * 4 + 3] -= step * header.sizes[axis] / 2.0;
    }
  }
  const double sizes[] = {header.steps[0], header.steps[1], header.steps[2]};
  Dict dict;
  dict.put("affine", numbers(affine.data(), 16, {4, 4}));
  dict.put("voxel_size", numbers(sizes, 3, {3}));
  dict.put("oriented", Value(header.oriented));
  if (repetition_time) dict.put("repetition_time", Value(static_cast<double>(*repetition_time)));
  return Value::of(std::move(dict));
}

Bytes unpacked(const Bytes& content, const std::string& name, std::uint64_t max_bytes = 0) {
  return is_gzip(content) ? gunzip(content, name, max_bytes) : content;
}

void put(std::string& bytes, std::size_t at, std::int32_t value) {
  const std::uint32_t big = __builtin_bswap32(static_cast<std::uint32_t>(value));
  std::memcpy(bytes.data() + at, &big, 4);
}

}  // namespace

Mgh read_mgh(const Bytes& packed, const std::string& name, std::uint64_t max_bytes) {
  const Bytes content = unpacked(packed, name, max_bytes);
  const Header header = parse(content, name);
  const auto* type = std::find_if(std::begin(types), std::end(types), [&](const Type& one) { return one.code == header.type; });
  if (type == std::end(types)) fail(name, ": voxels of MGH type ", header.type, " are not read");
  Shape shape(header.sizes.begin(), header.sizes.end());
  if (shape.back() == 1) shape.pop_back();
  const std::int64_t count = count_elements(shape, name);
  const std::size_t item = item_size(type->dtype);
  if (static_cast<std::uint64_t>(count) > (content.size - kHeader) / item)
    fail(name, ": expected ", count, " values of ", dtype_name(type->dtype), " for shape ", shape_text(shape), ", found ",
         content.size - kHeader, " bytes");
  const std::size_t bytes = static_cast<std::size_t>(count) * item;
  std::optional<float> repetition_time;
  if (content.size - kHeader - bytes >= 4) {
    Cursor cursor(content, name);
    cursor.seek(kHeader + bytes);
    repetition_time = big_f32(cursor);
  }
  Mgh mgh;
  mgh.values = {type->dtype, shape, column_major_strides(shape), 0, swapped(content.slice(kHeader, bytes), type->dtype)};
  mgh.metadata = describe(header, repetition_time);
  return mgh;
}

void write_mgh(const std::string& path, const Array& values, const Bytes& like, const std::string& like_name) {
  const Bytes model = unpacked(like, like_name);
  const Header header = parse(model, like_name);
  Array stored = values;
  if (stored.dtype == DType::boolean) stored.dtype = DType::uint8;
  while (stored.shape.size() < 3) {
    stored.shape.push_back(1);
    stored.strides.push_back(1);
  }
  if (stored.shape.size() > 4) fail(path, ": an MGH file has 3 or 4 axes, found shape ", shape_text(values.shape));
  if (!std::equal(stored.shape.begin(), stored.shape.begin() + 3, header.sizes.begin()))
    fail(path, ": expected ", shape_text({header.sizes.begin(), header.sizes.begin() + 3}), " voxels as in ", like_name,
         ", found shape ", shape_text(values.shape));
  const auto* type = std::find_if(std::begin(types), std::end(types), [&](const Type& one) { return one.dtype == stored.dtype; });
  if (type == std::end(types)) fail(path, ": MGH has no ", dtype_name(stored.dtype), ": convert the values to float32 first");
  const std::int64_t frames = stored.shape.size() == 4 ? stored.shape[3] : 1;
  if (frames < 1 || frames > INT32_MAX) fail(path, ": expected at least one frame, found shape ", shape_text(values.shape));
  std::string content(model.text().substr(0, kHeader));
  put(content, 16, static_cast<std::int32_t>(frames));
  put(content, 20, type->code);
  std::reverse(stored.shape.begin(), stored.shape.end());  // packed() has the last axis fastest, MGH the first
  std::reverse(stored.strides.begin(), stored.strides.end());
  content += swapped(stored.packed(), stored.dtype).text();
  write_file_atomically(path, path.ends_with(".mgz") ? gzip(content, path, 4) : content);
}

}  // namespace brain::io
