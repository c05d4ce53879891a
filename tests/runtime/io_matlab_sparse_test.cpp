#include "io/matlab_sparse.h"

#include <catch2/catch.hpp>
#include <cstring>

using Catch::Matchers::Contains;
using namespace brain::io;

namespace {

Bytes doubles(const std::vector<double>& values) {
  return Bytes::from(std::string(reinterpret_cast<const char*>(values.data()), values.size() * 8));
}

matlab::Sparse example() {  // [0 2; 1 0; 0 3]
  matlab::Sparse sparse;
  sparse.shape = {3, 2};
  sparse.rows = {1, 0, 2};
  sparse.real = doubles({1, 2, 3});
  sparse.set_columns({0, 1, 3}, "s");
  return sparse;
}

std::vector<double> numbers(const Array& array) {
  std::vector<double> values(array.storage.size / 8);
  std::memcpy(values.data(), array.storage.data, array.storage.size);
  return values;
}

}  // namespace

TEST_CASE("a sparse matrix becomes a dense one, column by column") {
  const Array array = matlab::dense(example(), 100, "s");
  CHECK(array.shape == Shape{3, 2});
  CHECK(array.strides == Shape{1, 3});
  CHECK(numbers(array) == std::vector<double>{0, 1, 0, 2, 0, 3});
  matlab::Sparse complex = example();
  complex.imaginary = doubles({-1, 0, 4});
  const Array both = matlab::dense(complex, 100, "s");
  CHECK(both.dtype == DType::complex128);
  CHECK(numbers(both) == std::vector<double>{0, 0, 1, -1, 0, 0, 2, 0, 0, 0, 3, 4});
}

TEST_CASE("sparse matrices that do not fit are refused") {
  CHECK_THROWS_WITH(matlab::dense(example(), 47, "s"), "s: a sparse matrix of shape (3, 2) is too large to be read as a dense one");
  matlab::Sparse outside = example();
  outside.rows[0] = 3;
  CHECK_THROWS_WITH(matlab::dense(outside, 100, "s"), "s: a value of the sparse matrix lies outside of its shape (3, 2)");
  matlab::Sparse few = example();
  few.real = doubles({1});
  CHECK_THROWS_WITH(matlab::dense(few, 100, "s"), "s: expected 3 values of a sparse matrix, found 1");
  matlab::Sparse columns = example();
  CHECK_THROWS_WITH(columns.set_columns({0, 1}, "s"), Contains("s: expected 3 ascending places of columns from 0, found 2"));
  CHECK_THROWS_WITH(columns.set_columns({0, 2, 1}, "s"), Contains("ascending"));
  CHECK_THROWS_WITH(columns.set_columns({0, 1, 9}, "s"), "s: 9 values in 3 rows");
}
