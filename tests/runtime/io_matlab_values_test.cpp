#include "io/matlab_values.h"

#include <catch2/catch.hpp>
#include <cstring>

using namespace brain::io;

TEST_CASE("items in MATLAB's order become rows of rows") {
  std::vector<Value> items;
  for (std::int64_t n = 0; n < 6; ++n) items.push_back(Value(n));
  const Value table = matlab::nested(items, {2, 3});  // 0 2 4 / 1 3 5
  REQUIRE(sequence(table)->size() == 2);
  CHECK(*(*sequence((*sequence(table))[1]))[2].integer() == 5);
  CHECK(*(*sequence((*sequence(table))[0]))[1].integer() == 2);
  CHECK(sequence(matlab::nested(items, {6, 1}))->size() == 6);
  CHECK(sequence(matlab::nested({}, {0, 3}))->empty());
}

TEST_CASE("characters of one to four bytes, and rows without their padding") {
  CHECK(matlab::characters({u'a', 0xe9, 0x20ac, 0xd83d, 0xde00}, {1, 5}).as<Text>()->view() == "a\u00e9\u20ac\U0001f600");
  CHECK(matlab::characters({0xd83d}, {1, 1}).as<Text>()->view() == "\ufffd");
  CHECK(matlab::characters({}, {0, 0}).as<Text>()->view().empty());
  const Value rows = matlab::characters({u'a', u'c', u'b', u' '}, {2, 2});
  CHECK((*sequence(rows))[0].as<Text>()->view() == "ab");
  CHECK((*sequence(rows))[1].as<Text>()->view() == "c");
}


TEST_CASE("complex numbers from two parts") {
  const std::int16_t real[] = {1, 2}, imaginary[] = {3, -4};
  const auto bytes = [](const std::int16_t* values) { return Bytes::from(std::string(reinterpret_cast<const char*>(values), 4)); };
  const Array made = matlab::complex_array(bytes(real), bytes(imaginary), DType::int16, {1, 2}, {1, 1});
  CHECK(made.dtype == DType::complex128);
  double parts[4];
  std::memcpy(parts, made.storage.data, sizeof parts);
  CHECK(parts[1] == 3);
  CHECK(parts[3] == -4);
}
