#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "io/array.h"

namespace brain::io::matlab {

// A sparse matrix as the versions of the format have it, one entry for each value; what is not named is 0.
struct Sparse {
  Shape shape;                             // rows, columns
  std::vector<std::int64_t> rows, columns;  // of each entry, from 0
  DType type = DType::float64;             // or boolean
  Bytes real, imaginary;                   // one for each entry (real in `type`, imaginary in float64 or nothing)

  // Columns compressed: entry n is in column c where begin[c] <= n < begin[c + 1].
  void set_columns(const std::vector<std::int64_t>& begin, const std::string& where);
};

// The whole matrix, column by column in memory. Throws "WHERE: ..." where it needs more than max_bytes, or an entry lies
// outside of it.
Array dense(const Sparse& sparse, std::uint64_t max_bytes, const std::string& where);

}  // namespace brain::io::matlab
