#include "io/numpy_type.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace brain::io;
using Catch::Contains;

TEST_CASE("NumPy's descriptors") {
  CHECK(numpy_type("<f8", "x").dtype == DType::float64);
  CHECK(numpy_type(">i2", "x").big_endian);
  CHECK(numpy_type("|b1", "x").dtype == DType::boolean);
  CHECK(numpy_type("<U3", "x").size == 12);
  CHECK(numpy_type("|O", "x").kind == NumpyType::Kind::object);
  for (const char* bad : {"", "<q9", "<f16", "<M8[ns]", "|V8", "S", "<U99999999999"})
    CHECK_THROWS_WITH(numpy_type(bad, "x"), Contains("x: elements of type"));
  CHECK(numpy_descriptor(DType::int64, "x") == "<i8");
  CHECK_THROWS_WITH(numpy_descriptor(DType::bfloat16, "x"), Contains("NumPy has no bfloat16"));
}

TEST_CASE("arrays of numbers use the memory they are given, in both orders") {
  const Bytes data = Bytes::from(std::string("abcdef"));
  const Value rows = numpy_array(numpy_type("|u1", "x"), {2, 3}, false, data, "x");
  CHECK(rows.as<Array>()->storage.data == data.data);
  const Value columns = numpy_array(numpy_type("|u1", "x"), {2, 3}, true, data, "x");
  CHECK(columns.as<Array>()->packed().text() == "acebdf");
  const Value swapped = numpy_array(numpy_type(">i2", "x"), {3}, false, data, "x");
  CHECK(swapped.as<Array>()->packed().text() == "badcfe");
  CHECK_THROWS_WITH(numpy_array(numpy_type("<f4", "x"), {2}, false, data, "x"), Contains("found 6 bytes"));
  CHECK_THROWS_WITH(numpy_array(numpy_type("<f8", "x"), {INT64_MAX}, false, data, "x"), Contains("expected"));
}

TEST_CASE("arrays of strings become nested lists") {
  const Bytes data = Bytes::from(std::string("ab\0c\0\0d\0\0ef\0", 12));
  const Value lists = numpy_array(numpy_type("|S3", "x"), {2, 2}, true, data, "x");
  const auto& rows = *sequence(lists);
  CHECK((*sequence(rows[0]))[0].as<Text>()->view() == "ab");
  CHECK((*sequence(rows[0]))[1].as<Text>()->view() == "d");
  CHECK((*sequence(rows[1]))[1].as<Text>()->view() == "ef");
  const Bytes wide = Bytes::from(std::string("\xe9\0\0\0\x00\xf6\x01\x00", 8));
  CHECK(numpy_array(numpy_type("<U2", "x"), {}, false, wide, "x").as<Text>()->view() == "\u00e9\U0001f600");
  CHECK_THROWS_WITH(numpy_array(numpy_type("|S0", "x"), {1 << 30}, false, Bytes(), "x"),
                    Contains("at least one byte"));
}

TEST_CASE("numbers without dimensions become numbers") {
  const auto scalar = [](const char* type, std::string bytes) {
    return scalar_value(numpy_array(numpy_type(type, "x"), {}, false, Bytes::from(std::move(bytes)), "x"));
  };
  CHECK(*scalar("|b1", "\x01").boolean());
  CHECK(*scalar("|i1", "\xff").integer() == -1);
  CHECK(*scalar("<f8", std::string("\0\0\0\0\0\0\xe0\x3f", 8)).number() == 0.5);
  CHECK(scalar("<u8", std::string(8, '\xff')).as<BigInteger>()->decimal == "18446744073709551615");
  CHECK(scalar("<c8", std::string(8, '\0')).as<Array>());
}
