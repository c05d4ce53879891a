#include "io/convert_numbers.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "io/error.h"

namespace brain::io {
namespace {

// Calls fn with a zero of the C++ type that a dtype has.
template <class F>
void with_type(DType dtype, F&& fn) {
  switch (dtype) {
    case DType::boolean:
    case DType::uint8: return fn(std::uint8_t());
    case DType::uint16: return fn(std::uint16_t());
    case DType::uint32: return fn(std::uint32_t());
    case DType::uint64: return fn(std::uint64_t());
    case DType::int8: return fn(std::int8_t());
    case DType::int16: return fn(std::int16_t());
    case DType::int32: return fn(std::int32_t());
    case DType::int64: return fn(std::int64_t());
    case DType::float32: return fn(float());
    case DType::float64: return fn(double());
    default: fail("numbers of ", dtype_name(dtype), " cannot be converted");
  }
}

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(value)) return 0;
    if (static_cast<double>(value) >= static_cast<double>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
    if (static_cast<double>(value) <= static_cast<double>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  }
  return static_cast<To>(value);
}

// Whether the elements fill a stretch of the storage without gaps, in whatever order of axes.
bool dense(const Array& array) {
  std::int64_t last = 0;
  for (std::size_t d = 0; d < array.shape.size(); ++d) last += (array.shape[d] - 1) * array.strides[d];
  return array.row_major() || (array.strides == column_major_strides(array.shape) && last + 1 == array.elements());
}

}  // namespace

Bytes convert_numbers(const Bytes& bytes, DType from, DType to) {
  const std::size_t count = bytes.size / item_size(from);
  std::vector<std::uint8_t> converted(count * item_size(to));
  with_type(from, [&](auto source) {
    with_type(to, [&](auto target) {
      for (std::size_t n = 0; n < count; ++n) {
        std::memcpy(&source, bytes.data + n * sizeof source, sizeof source);
        target = convert<decltype(target)>(source);
        if (to == DType::boolean) target = static_cast<decltype(target)>(source != 0);
        std::memcpy(converted.data() + n * sizeof target, &target, sizeof target);
      }
    });
  });
  return Bytes::from(std::move(converted));
}

Array scaled_numbers(const Array& array, double slope, double intercept) {
  const bool as_it_lies = dense(array);
  const std::size_t count = static_cast<std::size_t>(array.elements());
  const Bytes source = as_it_lies ? array.storage.slice(static_cast<std::size_t>(array.offset) * item_size(array.dtype),
                                                        count * item_size(array.dtype))
                                  : array.packed();
  std::vector<std::uint8_t> scaled(count * sizeof(double));
  with_type(array.dtype, [&](auto value) {
    for (std::size_t n = 0; n < count; ++n) {
      std::memcpy(&value, source.data + n * sizeof value, sizeof value);
      const double result = slope * static_cast<double>(value) + intercept;
      std::memcpy(scaled.data() + n * sizeof result, &result, sizeof result);
    }
  });
  return {DType::float64, array.shape, as_it_lies ? array.strides : row_major_strides(array.shape), 0,
          Bytes::from(std::move(scaled))};
}

}  // namespace brain::io
