#pragma once
#include <string>
#include <string_view>

#include "io/value.h"

namespace brain::io {

// An element type as NumPy writes it ('<f8', '>i2', '|S3', '<U5', '|O').
struct NumpyType {
  enum class Kind { number, bytes, text, object };
  Kind kind = Kind::number;
  DType dtype = DType::float64;
  std::size_t size = 8;  // bytes of an element
  bool big_endian = false;
};

// Throws "WHERE: ..." for what has no counterpart: dates, long doubles, records.
NumpyType numpy_type(std::string_view descriptor, const std::string& where);
std::string_view numpy_descriptor(DType dtype, const std::string& where);

// The array whose elements are `data`: a tensor over that memory (a copy when the bytes must be swapped), or
// nested lists of strings. The data must have exactly the size of the elements.
Value numpy_array(const NumpyType& type, const Shape& shape, bool column_major, const Bytes& data,
                  const std::string& where);

// Values in row-major order as nested lists, the value itself for no dimensions.
Value nested_lists(const std::vector<Value>& flat, const Shape& shape);

// A number for a tensor without dimensions where Lua has one (integers, floats of 32 and 64 bits, booleans).
Value scalar_value(const Value& array);

}  // namespace brain::io
