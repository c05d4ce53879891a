#pragma once
// What MATLAB's arrays become: shared by the readers of all versions.
#include <string>

#include "io/value.h"

namespace brain::io::matlab {

// Items in MATLAB's order (the first axis runs fastest) as nested lists; as one list where at most one axis is longer
// than 1; the empty list for none.
Value nested(const std::vector<Value>& items, const Shape& shape);

// UTF-16 units in MATLAB's order as texts in UTF-8: one for a row, a list of rows for a matrix. Trailing blanks of the
// rows of a matrix are padding and left out.
Value characters(const std::vector<char16_t>& units, const Shape& shape);

// A complex array (complex64 of float32, else complex128) from parts that have the dtype and the order of memory given.
Array complex_array(const Bytes& real, const Bytes& imaginary, DType dtype, const Shape& shape, const Shape& strides);

// Puts the variables of a version 4 file (only `key`, unless it is empty) into a dict, and the names of all into titles.
// Sparse matrices of more than max_bytes are refused.
void read_version4(const Bytes& content, const std::string& name, const std::string& key, std::uint64_t max_bytes,
                   Dict& variables, std::vector<std::string>& titles);

}  // namespace brain::io::matlab
