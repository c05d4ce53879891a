#include "io/hdf5_type.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "core/error.h"

using namespace brain::io;
using namespace brain::io::hdf5;
using Catch::Contains;

namespace {

std::string described(hid_t type) { return describe_type(type, "x").describe(); }

Value none(const Element&, const std::uint8_t*) { return {}; }

}  // namespace

TEST_CASE("numbers keep their width, whatever their byte order") {
  const Library library;
  CHECK(described(H5T_STD_I16BE) == "int16");
  CHECK(described(H5T_STD_U64BE) == "uint64");
  CHECK(described(H5T_IEEE_F32BE) == "float32");
  CHECK(described(H5T_IEEE_F64LE) == "float64");
  CHECK(described(H5T_NATIVE_LDOUBLE) == "float64");
  CHECK(described(H5T_STD_B16LE) == "uint16");
  CHECK(described(number_type(DType::float16, "x")) == "float16");
  const Handle three(H5Tcopy(H5T_STD_I32LE), H5Tclose);
  H5Tset_size(three, 3);
  CHECK(described(three) == "int32");
}

TEST_CASE("types that stand for others") {
  const Library library;
  for (const DType dtype : {DType::boolean, DType::complex32, DType::complex64, DType::complex128})
    CHECK(described(number_type(dtype, "x")) == dtype_name(dtype));
  const Handle colours(H5Tenum_create(H5T_STD_I32BE), H5Tclose);
  const std::uint8_t value[4] = {0, 0, 0, 7};
  H5Tenum_insert(colours, "GREEN", value);
  CHECK(described(colours) == "int32");
  CHECK_THROWS_WITH(number_type(DType::bfloat16, "a.h5: x"), Contains("a.h5: x: HDF5 has no bfloat16"));
  CHECK_THROWS_WITH(describe_type(H5T_UNIX_D32LE, "a.h5: x"), Contains("a.h5: x: a type that cannot be read"));
}

TEST_CASE("a compound becomes a dict of columns") {
  const Library library;
  const hsize_t two = 2;
  const Handle pair(H5Tarray_create2(H5T_STD_I16LE, 1, &two), H5Tclose), compound(H5Tcreate(H5T_COMPOUND, 32), H5Tclose);
  const Handle letters(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(letters, 4);
  H5Tinsert(compound, "x", 0, H5T_IEEE_F64LE);
  H5Tinsert(compound, "pair", 8, pair);
  H5Tinsert(compound, "name", 20, letters);
  const Element element = describe_type(compound, "x");
  CHECK(element.describe() == "compound {x float64, pair int16 (2,), name string of 4}");
  REQUIRE(element.size == 16);  // packed
  std::vector<std::uint8_t> bytes(32);
  for (int n = 0; n < 2; ++n) {
    const double x = 0.5 + n;
    const std::int16_t values[2] = {std::int16_t(n), std::int16_t(-n)};
    std::memcpy(&bytes[std::size_t(16 * n)], &x, 8);
    std::memcpy(&bytes[std::size_t(16 * n + 8)], values, 4);
    std::memcpy(&bytes[std::size_t(16 * n + 12)], n ? "abcd" : "e", n ? 4 : 2);
  }
  const Value value = make_value(element, Bytes::from(std::move(bytes)), {2}, none, "x");
  const auto* dict = value.as<Dict>();
  REQUIRE(dict);
  double last = 0;
  std::memcpy(&last, dict->find("x")->as<Array>()->storage.data + 8, 8);
  CHECK(last == 1.5);
  CHECK(dict->find("pair")->as<Array>()->shape == Shape{2, 2});
  CHECK((*sequence(*dict->find("name")))[0].as<Text>()->view() == "e");
  CHECK((*sequence(*dict->find("name")))[1].as<Text>()->view() == "abcd");
}

TEST_CASE("booleans are 0 or 1 whatever the file says, and a scalar is a number") {
  const Library library;
  const Element boolean = describe_type(number_type(DType::boolean, "x"), "x");
  const Value value = make_value(boolean, Bytes::from(std::vector<std::uint8_t>{0, 7}), {2}, none, "x");
  CHECK(value.as<Array>()->storage.data[1] == 1);
  const Element byte = describe_type(H5T_STD_I8LE, "x");
  CHECK(*make_value(byte, Bytes::from(std::vector<std::uint8_t>{255}), {}, none, "x").integer() == -1);
}
