#pragma once
#include <string>

#include "io/value.h"

namespace brain::io {

// Writes a dict of variables as MATLAB version 5 to 7 (compressed where this build has zlib), as MATLAB's -v7 does. Tensors
// keep their type and shape, vectors become rows, booleans logical, numbers doubles (integers beyond 2^53 int64), texts
// characters, lists of numbers rows, other lists cells in a row, dicts structs; null is []. Names of variables and fields are
// letters, digits and _, at most 63. A variable of 2 GB or more is refused: the format has no room for it. Appears whole or
// not at all.
void write_matlab(const std::string& path, const Value& value);

}  // namespace brain::io
