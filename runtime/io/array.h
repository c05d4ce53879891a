#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/bytes.h"

namespace brain::io {

// Element types, named as PyTorch names them.
enum class DType : std::uint8_t {
  boolean,
  uint8,
  uint16,
  uint32,
  uint64,
  int8,
  int16,
  int32,
  int64,
  float16,
  bfloat16,
  float32,
  float64,
  float8_e4m3fn,
  float8_e4m3fnuz,
  float8_e5m2,
  float8_e5m2fnuz,
  float8_e8m0fnu,
  complex32,
  complex64,
  complex128
};
inline constexpr int kDTypes = static_cast<int>(DType::complex128) + 1;

std::size_t item_size(DType dtype);  // bytes
std::string_view dtype_name(DType dtype);
std::optional<DType> dtype_named(std::string_view name);

using Shape = std::vector<std::int64_t>;

// A strided view of a storage, as a tensor is: element (i, j, ...) lies at (offset + i * strides[0] + j *
// strides[1] +
// ...) elements of the storage. Little-endian. Arrays of one storage have the same `storage.data`.
struct Array {
  DType dtype = DType::float32;
  Shape shape;
  Shape strides;            // elements
  std::int64_t offset = 0;  // elements
  Bytes storage;

  std::int64_t elements() const;
  bool row_major() const;
  // Throws "WHERE: ..." unless sizes and strides are at least 0, the number of elements fits 63 bits and
  // every element lies inside the storage.
  void check(const std::string& where) const;
  // The elements in row-major order: the storage's own memory where it is so already, a copy otherwise.
  Bytes packed() const;
};

// Number of elements; throws "WHERE: ..." for negative sizes and overflow.
std::int64_t count_elements(const Shape& shape, const std::string& where);
Shape row_major_strides(const Shape& shape);
Shape column_major_strides(const Shape& shape);
std::string shape_text(const Shape& shape);  // "(2, 3)"

// A row-major array of numbers that are of that type already.
template <class T>
Array array_of(const std::vector<T>& values, DType dtype, const Shape& shape) {
  return {dtype, shape, row_major_strides(shape), 0,
          Bytes::from(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)))};
}

// Reverses the bytes of every number of a copy (of each part of complex ones).
Bytes swapped(const Bytes& bytes, DType dtype);

}  // namespace brain::io
