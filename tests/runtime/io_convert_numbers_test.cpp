#include "io/convert_numbers.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "core/error.h"

using namespace brain::io;

namespace {

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
  return Bytes::from(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
}

template <class T>
std::vector<T> values_of(const Bytes& bytes) {
  std::vector<T> values(bytes.size / sizeof(T));
  std::memcpy(values.data(), bytes.data, bytes.size);
  return values;
}

}  // namespace

TEST_CASE("numbers of one type as another") {
  CHECK(values_of<double>(convert_numbers(bytes_of<std::int16_t>({-2, 300}), DType::int16, DType::float64)) ==
        std::vector<double>{-2, 300});
  CHECK(values_of<std::uint8_t>(convert_numbers(bytes_of<double>({-1, 2.9, 1e9, NAN}), DType::float64, DType::uint8)) ==
        std::vector<std::uint8_t>{0, 2, 255, 0});
  CHECK(values_of<std::int64_t>(convert_numbers(bytes_of<double>({1e300, -1e300}), DType::float64, DType::int64)) ==
        std::vector<std::int64_t>{INT64_MAX, INT64_MIN});
  CHECK(values_of<std::uint8_t>(convert_numbers(bytes_of<std::int32_t>({0, 256, -1}), DType::int32, DType::boolean)) ==
        std::vector<std::uint8_t>{0, 1, 1});
  CHECK_THROWS_AS(convert_numbers(Bytes{}, DType::float16, DType::float32), brain::Error);
}

TEST_CASE("scaled numbers keep the order of a dense array") {
  const Array stored{DType::int16, {2, 2}, {1, 2}, 1, bytes_of<std::int16_t>({9, 1, 2, 3, 4})};
  const Array scaled = scaled_numbers(stored, 0.5, 1);
  CHECK(scaled.strides == stored.strides);
  CHECK(values_of<double>(scaled.storage) == std::vector<double>{1.5, 2, 2.5, 3});
  const Array gaps{DType::int16, {2}, {2}, 0, stored.storage};
  CHECK(values_of<double>(scaled_numbers(gaps, 2, 0).packed()) == std::vector<double>{18, 4});
}
