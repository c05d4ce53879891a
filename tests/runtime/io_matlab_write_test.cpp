#include "io/matlab_write.h"

#include "io/matlab.h"
#include "volume_files.h"

using Catch::Matchers::Contains;
using namespace volumes;

namespace {

template <class T>
Value tensor(DType dtype, const Shape& shape, const std::vector<T>& values) {
  return Value::of(Array{dtype, shape, row_major_strides(shape), 0,
                         Bytes::from(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)))});
}

Value list(std::vector<Value> items) { return Value::of(List{std::move(items)}); }

Value one(const char* name, Value value) {
  Dict dict;
  dict.put(name, std::move(value));
  return Value::of(std::move(dict));
}

// A variable written and read again.
Value again(Value value) {
  const Scratch scratch;
  write_matlab(scratch.path("a.mat"), one("x", std::move(value)));
  return read_matlab(File(scratch.path("a.mat")).bytes(), "a", {"x", 0});
}

std::string words(const Value& value) {
  REQUIRE(value.as<Text>());
  return std::string(value.as<Text>()->view());
}

}  // namespace

TEST_CASE("tensors keep type, shape and values") {
  const Value x = again(tensor<double>(DType::float64, {2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(x.as<Array>()->shape == Shape{2, 3});
  CHECK(numbers(*x.as<Array>()) == std::vector<double>{1, 2, 3, 4, 5, 6});
  const Value deep = again(tensor<std::int16_t>(DType::int16, {2, 1, 2}, {1, -2, 300, 4}));
  CHECK(deep.as<Array>()->dtype == DType::int16);
  CHECK(deep.as<Array>()->shape == Shape{2, 1, 2});
  CHECK(numbers(*deep.as<Array>()) == std::vector<double>{1, -2, 300, 4});
  CHECK(again(tensor<float>(DType::float32, {3}, {1, 2, 3})).as<Array>()->shape == Shape{1, 3});
  CHECK(again(tensor<float>(DType::float32, {}, {7})).as<Array>()->shape == Shape{1, 1});
  CHECK(again(tensor<std::uint8_t>(DType::boolean, {2}, {1, 0})).as<Array>()->dtype == DType::boolean);
  CHECK(again(tensor<float>(DType::float32, {0, 3}, {})).as<Array>()->shape == Shape{0, 3});
  const Value complex = again(tensor<double>(DType::complex128, {1, 2}, {1, 2, 3, -1}));
  CHECK(complex.as<Array>()->dtype == DType::complex128);
  const Bytes parts = complex.as<Array>()->packed();
  double values[4];
  std::memcpy(values, parts.data, sizeof values);
  CHECK(values[1] == 2);
  CHECK(values[2] == 3);
}

TEST_CASE("numbers, texts, lists and structs") {
  CHECK(numbers(*again(Value(1.5)).as<Array>()) == std::vector<double>{1.5});
  CHECK(again(Value(std::int64_t{3})).as<Array>()->dtype == DType::float64);
  CHECK(again(Value(std::int64_t{1} << 60)).as<Array>()->dtype == DType::int64);
  CHECK(again(Value(true)).as<Array>()->dtype == DType::boolean);
  CHECK(again(Value()).as<Array>()->shape == Shape{0, 0});
  CHECK(words(again(text("plain"))) == "plain");
  CHECK(words(again(text("na\xc3\xafve \xce\xb1 \xf0\x9d\x84\x9e"))) == "na\xc3\xafve \xce\xb1 \xf0\x9d\x84\x9e");
  CHECK(words(again(text("cut \xc3"))) == "cut \xef\xbf\xbd");
  CHECK(words(again(text(""))) == "");
  CHECK(numbers(*again(list({Value(1.0), Value(std::int64_t{2})})).as<Array>()) == std::vector<double>{1, 2});
  const Value cells = again(list({text("a"), tensor<float>(DType::float32, {1, 1}, {4}), list({text("b")})}));
  CHECK(words(sequence(cells)->at(0)) == "a");
  CHECK(words(sequence(sequence(cells)->at(2))->at(0)) == "b");
  const Value inner = again(one("field_1", one("n", Value(2.0))));
  CHECK(numbers(*inner.as<Dict>()->find("field_1")->as<Dict>()->find("n")->as<Array>()) == std::vector<double>{2});
}

TEST_CASE("what MATLAB cannot hold is refused and nothing is written") {
  const Scratch scratch;
  const std::string path = scratch.path("a.mat");
  CHECK_THROWS_WITH(write_matlab(path, Value(1.0)), Contains("holds variables by name, found a float"));
  CHECK_THROWS_WITH(write_matlab(path, one("1x", Value(1.0))), Contains("'1x' is no name in MATLAB"));
  CHECK_THROWS_WITH(write_matlab(path, one("x", one("a b", Value(1.0)))), Contains("x: 'a b' is no name in MATLAB"));
  CHECK_THROWS_WITH(write_matlab(path, one("x", tensor<std::uint16_t>(DType::bfloat16, {1}, {0}))), Contains("MATLAB has no bfloat16"));
  CHECK_FALSE(std::filesystem::exists(path));
}
