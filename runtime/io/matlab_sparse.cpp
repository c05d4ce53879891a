#include "io/matlab_sparse.h"

#include <algorithm>
#include <cstring>

#include "io/error.h"

namespace brain::io::matlab {

void Sparse::set_columns(const std::vector<std::int64_t>& begin, const std::string& where) {
  if (begin.size() != static_cast<std::size_t>(shape[1]) + 1 || begin[0] != 0 || !std::is_sorted(begin.begin(), begin.end()))
    fail(where, ": expected ", shape[1] + 1, " ascending places of columns from 0, found ", begin.size());
  if (static_cast<std::size_t>(begin.back()) > rows.size()) fail(where, ": ", begin.back(), " values in ", rows.size(), " rows");
  rows.resize(static_cast<std::size_t>(begin.back()));
  columns.clear();
  columns.reserve(rows.size());
  for (std::size_t column = 0; column + 1 < begin.size(); ++column)
    columns.insert(columns.end(), static_cast<std::size_t>(begin[column + 1] - begin[column]), static_cast<std::int64_t>(column));
}

Array dense(const Sparse& sparse, std::uint64_t max_bytes, const std::string& where) {
  const std::size_t item = item_size(sparse.type), count = sparse.rows.size();
  const bool complex = sparse.imaginary.size > 0;
  if (sparse.real.size / item < count || (complex && sparse.imaginary.size / 8 < count))
    fail(where, ": expected ", count, " values of a sparse matrix, found ", sparse.real.size / item);
  const auto total = static_cast<std::uint64_t>(count_elements(sparse.shape, where));
  const std::size_t whole = complex ? 16 : item;
  if (total > max_bytes / whole)
    fail(where, ": a sparse matrix of shape ", shape_text(sparse.shape), " is too large to be read as a dense one");
  std::vector<std::uint8_t> values(static_cast<std::size_t>(total) * whole);
  for (std::size_t n = 0; n < count; ++n) {
    const std::int64_t row = sparse.rows[n], column = sparse.columns[n];
    if (row < 0 || row >= sparse.shape[0] || column < 0 || column >= sparse.shape[1])
      fail(where, ": a value of the sparse matrix lies outside of its shape ", shape_text(sparse.shape));
    std::uint8_t* at = values.data() + static_cast<std::size_t>(column * sparse.shape[0] + row) * whole;
    std::memcpy(at, sparse.real.data + n * item, item);
    if (complex) std::memcpy(at + item, sparse.imaginary.data + n * 8, 8);
  }
  return {complex ? DType::complex128 : sparse.type, sparse.shape, column_major_strides(sparse.shape), 0, Bytes::from(std::move(values))};
}

}  // namespace brain::io::matlab
