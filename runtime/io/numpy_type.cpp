#include "io/numpy_type.h"

#include <cstring>

#include "io/error.h"

namespace brain::io {
namespace {

constexpr std::int64_t kStrings = 10'000'000;

struct Code {
  std::string_view code;
  DType dtype;
};
constexpr Code codes[] = {{"b1", DType::boolean},   {"u1", DType::uint8},       {"u2", DType::uint16},
                          {"u4", DType::uint32},    {"u8", DType::uint64},      {"i1", DType::int8},
                          {"i2", DType::int16},     {"i4", DType::int32},       {"i8", DType::int64},
                          {"f2", DType::float16},   {"f4", DType::float32},     {"f8", DType::float64},
                          {"c8", DType::complex64}, {"c16", DType::complex128}, {"?", DType::boolean}};

template <class T>
T load(const Array& array) {
  T value;
  std::memcpy(&value, array.storage.data + static_cast<std::size_t>(array.offset) * sizeof(T), sizeof(T));
  return value;
}

void append_utf8(std::uint32_t c, std::string& out) {
  if (c < 0x80) return out.push_back(static_cast<char>(c));
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr unsigned leads[] = {0, 0xc0, 0xe0, 0xf0};
  out.push_back(static_cast<char>(leads[more] | c >> (6 * more)));
  for (int i = more; i-- > 0;) out.push_back(static_cast<char>(0x80 | (c >> (6 * i) & 0x3f)));
}

Value string_at(const NumpyType& type, const std::uint8_t* data, const std::string& where) {
  std::string out;
  if (type.kind == NumpyType::Kind::bytes) {
    out.assign(reinterpret_cast<const char*>(data), type.size);
    out.resize(out.find_last_not_of('\0') + 1);
    return text(out);
  }
  std::size_t count = type.size / 4;
  const auto unit = [&](std::size_t i) {
    std::uint32_t c = 0;
    for (std::size_t k = 0; k < 4; ++k) c = c << 8 | data[4 * i + (type.big_endian ? k : 3 - k)];
    return c;
  };
  while (count > 0 && unit(count - 1) == 0) --count;
  for (std::size_t i = 0; i < count; ++i) {
    if (unit(i) > 0x10ffff) fail(where, ": expected Unicode text, found character ", unit(i));
    append_utf8(unit(i), out);
  }
  return text(out);
}

Value nest(const std::vector<Value>& flat, std::size_t& at, const Shape& shape, std::size_t dimension) {
  if (dimension == shape.size()) return flat[at++];
  List list;
  for (std::int64_t i = 0; i < shape[dimension]; ++i)
    list.items.push_back(nest(flat, at, shape, dimension + 1));
  return Value::of(std::move(list));
}

}  // namespace

NumpyType numpy_type(std::string_view descriptor, const std::string& where) {
  std::string_view code = descriptor;
  NumpyType type;
  if (!code.empty() && std::string_view("<>=|").find(code[0]) != std::string_view::npos) {
    type.big_endian = code[0] == '>';
    code.remove_prefix(1);
  }
  for (const Code& known : codes) {
    if (known.code != code) continue;
    type.dtype = known.dtype;
    type.size = item_size(known.dtype);
    return type;
  }
  if (code == "O" || code == "O8") {
    type.kind = NumpyType::Kind::object;
    return type;
  }
  if (code.size() > 1 && code.size() < 10 && (code[0] == 'S' || code[0] == 'U') &&
      code.find_first_not_of("0123456789", 1) == std::string_view::npos) {
    type.kind = code[0] == 'S' ? NumpyType::Kind::bytes : NumpyType::Kind::text;
    type.size = std::stoul(std::string(code.substr(1))) * (code[0] == 'S' ? 1 : 4);
    return type;
  }
  const char* what = "an unknown type";
  if (code == "f16" || code == "f12" || code == "c32" || code == "c24")
    what = "long doubles, which only NumPy has";
  else if (!code.empty() && (code[0] == 'M' || code[0] == 'm'))
    what = "dates or durations: save them as numbers";
  else if (!code.empty() && (code[0] == '[' || code[0] == 'V'))
    what = "records of several fields: save each field";
  fail(where, ": elements of type '", descriptor.substr(0, 40), "' are ", what);
}

std::string_view numpy_descriptor(DType dtype, const std::string& where) {
  static constexpr std::string_view descriptors[] = {"|b1", "|u1", "<u2", "<u4", "<u8", "|i1", "<i2",
                                                     "<i4", "<i8", "<f2", "",    "<f4", "<f8", "",
                                                     "",    "",    "",    "",    "",    "<c8", "<c16"};
  const std::string_view found = descriptors[static_cast<int>(dtype)];
  if (found.empty())
    fail(where, ": NumPy has no ", dtype_name(dtype), ": convert to float32, or save as safetensors");
  return found;
}

Value nested_lists(const std::vector<Value>& flat, const Shape& shape) {
  if (flat.empty()) return Value::of(List());
  std::size_t at = 0;
  return nest(flat, at, shape, 0);
}

Value numpy_array(const NumpyType& type, const Shape& shape, bool column_major, const Bytes& data,
                  const std::string& where) {
  const std::int64_t count = count_elements(shape, where);
  std::int64_t size = 0;
  if (__builtin_mul_overflow(count, static_cast<std::int64_t>(type.size), &size) ||
      static_cast<std::uint64_t>(size) != data.size)
    fail(where, ": expected ", count, " elements of ", type.size, " bytes for shape ", shape_text(shape),
         ", found ", data.size, " bytes");
  if (type.size == 0 && count > 0) fail(where, ": expected elements of at least one byte");
  if (shape.size() > 64) fail(where, ": expected at most 64 dimensions, found ", shape.size());
  Array array;
  array.dtype = type.dtype;
  array.shape = shape;
  array.strides = column_major ? column_major_strides(shape) : row_major_strides(shape);
  array.storage = data;
  if (type.kind == NumpyType::Kind::number) {
    if (type.big_endian && type.size > 1) array.storage = swapped(data, type.dtype);
    array.check(where);
    return Value::of(std::move(array));
  }
  if (type.kind == NumpyType::Kind::object) fail(where, ": objects are not stored as bytes");
  if (count > kStrings) fail(where, ": more than ", kStrings, " strings");
  std::vector<Value> flat;
  Shape index(shape.size(), 0);
  for (std::int64_t n = 0, at = 0; n < count; ++n) {
    flat.push_back(string_at(type, data.data + static_cast<std::size_t>(at) * type.size, where));
    for (std::size_t d = shape.size(); d-- > 0;) {
      at += array.strides[d];
      if (++index[d] < shape[d]) break;
      at -= array.strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return nested_lists(flat, shape);
}

Value scalar_value(const Value& value) {
  const auto* array = value.as<Array>();
  if (!array || array->elements() != 1) return value;
  switch (array->dtype) {
    case DType::boolean: return load<std::uint8_t>(*array) != 0;
    case DType::uint8: return static_cast<std::int64_t>(load<std::uint8_t>(*array));
    case DType::uint16: return static_cast<std::int64_t>(load<std::uint16_t>(*array));
    case DType::uint32: return static_cast<std::int64_t>(load<std::uint32_t>(*array));
    case DType::uint64: {
      const auto number = load<std::uint64_t>(*array);
      if (number > INT64_MAX) return Value::of(BigInteger{std::to_string(number)});
      return static_cast<std::int64_t>(number);
    }
    case DType::int8: return static_cast<std::int64_t>(load<std::int8_t>(*array));
    case DType::int16: return static_cast<std::int64_t>(load<std::int16_t>(*array));
    case DType::int32: return static_cast<std::int64_t>(load<std::int32_t>(*array));
    case DType::int64: return load<std::int64_t>(*array);
    case DType::float32: return static_cast<double>(load<float>(*array));
    case DType::float64: return load<double>(*array);
    default: return value;
  }
}

}  // namespace brain::io
