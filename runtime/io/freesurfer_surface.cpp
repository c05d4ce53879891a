#include "io/freesurfer_surface.h"

#include <algorithm>
#include <cstring>

#include "io/error.h"


namespace brain::io {
namespace {

// The first three bytes of a file.
constexpr std::uint32_t kTriangles = 0xfffffe, kQuadrangles = 0xfffffd, kValues = 0xffffff;

std::uint32_t first_three(const Bytes& content) {
  if (content.size < 3) return 0;
  return std::uint32_t{content.data[0]} << 16 | std::uint32_t{content.data[1]} << 8 | content.data[2];
}

std::int64_t count_of(Cursor& cursor, const char* what) {
  const auto count = static_cast<std::int32_t>(__builtin_bswap32(cursor.u32()));
  if (count < 0) cursor.refuse(join_text("expected how many ", what, " there are, found ", count));
  return count;
}

// The next rows of big-endian numbers.
Array rows(Cursor& cursor, DType dtype, const Shape& shape, const char* what) {
  const auto bytes = static_cast<std::uint64_t>(count_elements(shape, cursor.name())) * 4;
  if (bytes > cursor.remaining())
    fail(cursor.name(), ": expected ", shape[0], " ", what, ", found ", cursor.remaining(), " bytes");
  return {dtype, shape, row_major_strides(shape), 0, swapped(cursor.take(bytes), dtype)};
}

}  // namespace

bool is_surface_geometry(const Bytes& content) {
  const std::uint32_t magic = first_three(content);
  return magic == kTriangles || magic == kQuadrangles;
}

Value read_surface_geometry(const Bytes& content, const std::string& name) {
  const std::uint32_t magic = first_three(content);
  if (magic == kQuadrangles) fail(name, ": is a surface of quadrangles: convert it with mris_convert");
  if (magic != kTriangles) fail(name, ": not a surface of FreeSurfer: its first three bytes are not FF FF FE");
  Cursor cursor(content, name);
  cursor.take(3);
  std::string comment(cursor.line());
  std::replace_if(comment.begin(), comment.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  cursor.line();  // an empty one
  const std::int64_t vertices = count_of(cursor, "vertices"), triangles = count_of(cursor, "triangles");
  Dict dict;
  dict.put("vertices", Value::of(rows(cursor, DType::float32, {vertices, 3}, "vertices")));
  Array corners = rows(cursor, DType::int32, {triangles, 3}, "triangles");
  for (std::size_t n = 0; n < corners.storage.size; n += 4) {
    std::int32_t vertex = 0;
    std::memcpy(&vertex, corners.storage.data + n, 4);
    if (vertex < 0 || vertex >= vertices) fail(name, ": triangle ", n / 12, " has vertex ", vertex, " of ", vertices);
  }
  dict.put("triangles", Value::of(std::move(corners)));
  dict.put("comment", text(comment));
  return Value::of(std::move(dict));
}

Array read_vertex_values(const Bytes& content, const std::string& name) {
  if (first_three(content) == kValues) {
    Cursor cursor(content, name);
    cursor.take(3);
    const std::int64_t vertices = count_of(cursor, "vertices");
    count_of(cursor, "triangles");
    if (const std::int64_t each = count_of(cursor, "values of a vertex"); each != 1)
      fail(name, ": expected one value for each vertex, found ", each);
    return rows(cursor, DType::float32, {vertices}, "values of vertices");
  }
  const std::size_t vertices = first_three(content);
  if (content.size < 6 || content.size != 6 + 2 * vertices)
    fail(name, ": neither a surface nor values of vertices of FreeSurfer");
  std::vector<std::uint8_t> bytes(4 * vertices);
  for (std::size_t n = 0; n < vertices; ++n) {
    const std::uint8_t* at = content.data + 6 + 2 * n;
    const float value = static_cast<float>(static_cast<std::int16_t>(at[0] << 8 | at[1])) / 100;
    std::memcpy(&bytes[4 * n], &value, 4);
  }
  const auto count = static_cast<std::int64_t>(vertices);
  return {DType::float32, {count}, {1}, 0, Bytes::from(std::move(bytes))};
}

}  // namespace brain::io
