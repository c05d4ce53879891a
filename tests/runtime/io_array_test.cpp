#include "io/array.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

namespace {

Array bytes_array(Shape shape, Shape strides, std::int64_t offset, std::string content = "abcdef") {
  return {DType::uint8, std::move(shape), std::move(strides), offset, Bytes::from(std::move(content))};
}

}  // namespace

TEST_CASE("dtypes have PyTorch's names and sizes") {
  for (int i = 0; i < kDTypes; ++i)
    CHECK(dtype_named(dtype_name(static_cast<DType>(i))) == static_cast<DType>(i));
  CHECK(item_size(DType::bfloat16) == 2);
  CHECK(item_size(DType::complex128) == 16);
  CHECK(dtype_name(DType::boolean) == "bool");
  CHECK(!dtype_named("float31"));
}

TEST_CASE("packed copies strided elements in row-major order") {
  const Array transposed = bytes_array({3, 2}, {1, 3}, 0);
  CHECK(!transposed.row_major());
  CHECK(transposed.packed().text() == "adbecf");
  const Array rows = bytes_array({2, 2}, {2, 1}, 1);
  CHECK(rows.row_major());
  CHECK(rows.packed().text() == "bcde");
  CHECK(rows.packed().data == rows.storage.data + 1);
  CHECK(bytes_array({2, 3}, {0, 1}, 0).packed().text() == "abcabc");
  CHECK(bytes_array({0, 3}, {3, 1}, 0, "").packed().size == 0);
  CHECK(bytes_array({}, {}, 2).packed().text() == "c");
}

TEST_CASE("arrays outside of their storage are refused") {
  CHECK_NOTHROW(bytes_array({2, 3}, {3, 1}, 0).check("x"));
  CHECK_NOTHROW(bytes_array({0}, {1}, 6).check("x"));
  CHECK_THROWS_WITH(bytes_array({2, 3}, {3, 1}, 1).check("x"),
                    Contains("x: shape (2, 3)") && Contains("outside"));
  CHECK_THROWS_WITH(bytes_array({}, {}, 6).check("x"), Contains("outside"));
  CHECK_THROWS_WITH(bytes_array({2}, {INT64_MAX}, 1).check("x"), Contains("counted"));
  CHECK_THROWS_WITH(bytes_array({1}, {1}, INT64_MAX).check("x"), Contains("outside"));
  CHECK_THROWS_WITH(bytes_array({2}, {1}, -1).check("x"), Contains("offset of at least 0"));
  CHECK_THROWS_WITH(bytes_array({2}, {-1}, 1).check("x"), Contains("strides of at least 0"));
  CHECK_THROWS_WITH(bytes_array({-2}, {1}, 0).check("x"), Contains("sizes of at least 0"));
  CHECK_THROWS_WITH(bytes_array({2}, {}, 0).check("x"), Contains("a stride for each"));
  CHECK_THROWS_WITH(bytes_array(Shape(65, 1), Shape(65, 1), 0).check("x"), Contains("64 dimensions"));
  CHECK_THROWS_WITH(count_elements({std::int64_t{1} << 40, std::int64_t{1} << 40, 0}, "x"),
                    Contains("counted"));
}

TEST_CASE("strides of both orders, and shapes in words") {
  CHECK(row_major_strides({2, 3, 4}) == Shape{12, 4, 1});
  CHECK(column_major_strides({2, 3, 4}) == Shape{1, 2, 6});
  CHECK(shape_text({}) == "()");
  CHECK(shape_text({3}) == "(3,)");
}

TEST_CASE("bytes are swapped number by number") {
  const Bytes bytes = Bytes::from(std::string("abcdefgh"));
  CHECK(swapped(bytes, DType::int16).text() == "badcfehg");
  CHECK(swapped(bytes, DType::complex64).text() == "dcbahgfe");
  CHECK(bytes.text() == "abcdefgh");
}
