#pragma once
#include "io/array.h"

namespace brain::io {

// The real numbers of `bytes` (packed, little-endian, from any address) as another real type of at most 64 bits:
// converted as C++ does, where floating-point numbers outside of an integer type come as its nearest, and NaN as 0.
// Throws for float16 and its smaller kin, and for complex numbers.
Bytes convert_numbers(const Bytes& bytes, DType from, DType to);

// slope * x + intercept of every number, in float64 and in the order of memory: a dense array keeps its strides.
Array scaled_numbers(const Array& array, double slope, double intercept);

}  // namespace brain::io
