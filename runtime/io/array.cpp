#include "io/array.h"

#include <algorithm>
#include <cstring>

#include "io/error.h"

namespace brain::io {
namespace {

struct Item {
  std::string_view name;
  std::size_t size;
};
constexpr Item items[kDTypes] = {{"bool", 1},        {"uint8", 1},           {"uint16", 2},
                                 {"uint32", 4},      {"uint64", 8},          {"int8", 1},
                                 {"int16", 2},       {"int32", 4},           {"int64", 8},
                                 {"float16", 2},     {"bfloat16", 2},        {"float32", 4},
                                 {"float64", 8},     {"float8_e4m3fn", 1},   {"float8_e4m3fnuz", 1},
                                 {"float8_e5m2", 1}, {"float8_e5m2fnuz", 1}, {"float8_e8m0fnu", 1},
                                 {"complex32", 4},   {"complex64", 8},       {"complex128", 16}};

}  // namespace

std::size_t item_size(DType dtype) { return items[static_cast<int>(dtype)].size; }
std::string_view dtype_name(DType dtype) { return items[static_cast<int>(dtype)].name; }

std::optional<DType> dtype_named(std::string_view name) {
  for (int i = 0; i < kDTypes; ++i)
    if (items[i].name == name) return static_cast<DType>(i);
  return std::nullopt;
}

std::int64_t count_elements(const Shape& shape, const std::string& where) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) fail(where, ": expected sizes of at least 0, found shape ", shape_text(shape));
    if (__builtin_mul_overflow(count, std::max<std::int64_t>(size, 1),
                               &count))  // also where another size is 0
      fail(where, ": shape ", shape_text(shape), " has more elements than can be counted");
  }
  return std::find(shape.begin(), shape.end(), 0) == shape.end() ? count : 0;
}

namespace {
// Wraps around for sizes that no array has; Array::check and count_elements refuse those.
std::int64_t times(std::int64_t stride, std::int64_t size) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(stride) *
                                   static_cast<std::uint64_t>(std::max<std::int64_t>(size, 1)));
}
}  // namespace

Shape row_major_strides(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = times(strides[i], shape[i]);
  return strides;
}

Shape column_major_strides(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = 1; i < shape.size(); ++i) strides[i] = times(strides[i - 1], shape[i - 1]);
  return strides;
}

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::int64_t Array::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

bool Array::row_major() const {
  if (elements() == 0) return true;
  std::int64_t expected = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

void Array::check(const std::string& where) const {
  if (shape.size() != strides.size())
    fail(where, ": expected a stride for each of ", shape.size(), " sizes, found ", strides.size());
  if (shape.size() > 64) fail(where, ": expected at most 64 dimensions, found ", shape.size());
  const std::int64_t count = count_elements(shape, where);
  if (offset < 0) fail(where, ": expected an offset of at least 0, found ", offset);
  std::int64_t last = offset;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    std::int64_t reach = 0;
    if (strides[i] < 0) fail(where, ": expected strides of at least 0, found ", shape_text(strides));
    if (__builtin_mul_overflow(std::max<std::int64_t>(shape[i] - 1, 0), strides[i], &reach) ||
        __builtin_add_overflow(last, reach, &last))
      fail(where, ": strides ", shape_text(strides), " reach beyond what can be counted");
  }
  const auto stored = static_cast<std::int64_t>(storage.size / item_size(dtype));
  const std::int64_t needed = count == 0 ? offset : last + (last < INT64_MAX);
  if (needed > stored)
    fail(where, ": shape ", shape_text(shape), " with strides ", shape_text(strides), " and offset ", offset,
         " reaches outside its storage of ", stored, " elements");
}

Bytes Array::packed() const {
  const std::size_t item = item_size(dtype), count = static_cast<std::size_t>(elements());
  if (row_major()) return storage.slice(count ? static_cast<std::size_t>(offset) * item : 0, count * item);
  std::vector<std::uint8_t> copy(count * item);
  Shape index(shape.size(), 0);
  std::int64_t at = offset;
  for (std::size_t n = 0; n < count; ++n) {
    std::memcpy(copy.data() + n * item, storage.data + static_cast<std::size_t>(at) * item, item);
    for (std::size_t d = shape.size(); d-- > 0;) {
      at += strides[d];
      if (++index[d] < shape[d]) break;
      at -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return Bytes::from(std::move(copy));
}

Bytes swapped(const Bytes& bytes, DType dtype) {
  const bool complex = dtype >= DType::complex32;
  const std::size_t part = item_size(dtype) / (complex ? 2 : 1);
  std::vector<std::uint8_t> copy(bytes.data, bytes.data + bytes.size);
  for (std::size_t i = 0; i + part <= copy.size(); i += part) std::reverse(&copy[i], &copy[i] + part);
  return Bytes::from(std::move(copy));
}

}  // namespace brain::io
