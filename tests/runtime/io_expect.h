#pragma once
// Compares what a reader gave with the description in a FILE.expect.json of the shared golden files.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "io/json.h"
#include "io/numpy_type.h"

// The shared folder's path for a name, or "" where it is absent (an error where BRAIN_REQUIRE_SHARED=1).
inline std::string shared_path(const std::string& name) {
  const std::string path = "../shared/" + name;
  if (std::filesystem::exists(path)) return path;
  const char* required = std::getenv("BRAIN_REQUIRE_SHARED");
  if (required && std::string(required) == "1") throw std::runtime_error(path + " is required and not there");
  std::cerr << "note: " << path << " is not there; checks that need it are left out\n";
  return "";
}

namespace expect {

using namespace brain::io;

inline double small_float(unsigned bits, int exponent_bits, int mantissa_bits, bool finite_only) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const unsigned mantissa = bits & ((1u << mantissa_bits) - 1), top = (1u << exponent_bits) - 1;
  const unsigned exponent = bits >> mantissa_bits & top;
  const double sign = bits >> (exponent_bits + mantissa_bits) & 1 ? -1 : 1;
  if (exponent == top && !finite_only) return mantissa ? NAN : sign * INFINITY;
  if (finite_only && exponent == top && mantissa + 1 == 1u << mantissa_bits) return NAN;
  const double fraction = std::ldexp(mantissa, -mantissa_bits);
  return sign * (exponent ? std::ldexp(1 + fraction, static_cast<int>(exponent) - bias)
                          : std::ldexp(fraction, 1 - bias));
}

// Element `n` of packed bytes; complex numbers are two.
inline std::vector<double> element(const Bytes& bytes, DType dtype, std::size_t n) {
  const std::size_t item = item_size(dtype);
  const auto raw = [&](auto zero, std::size_t part = 0) {
    std::memcpy(&zero, bytes.data + n * item + part * sizeof zero, sizeof zero);
    return zero;
  };
  switch (dtype) {
    case DType::float16: return {small_float(raw(std::uint16_t()), 5, 10, false)};
    case DType::bfloat16: return {small_float(raw(std::uint16_t()), 8, 7, false)};
    case DType::float8_e4m3fn: return {small_float(raw(std::uint8_t()), 4, 3, true)};
    case DType::complex64: return {raw(float()), raw(float(), 1)};
    case DType::complex128: return {raw(double()), raw(double(), 1)};
    default: break;
  }
  const Value number = scalar_value(Value::of(Array{dtype, {}, {}, 0, bytes.slice(n * item, item)}));
  if (number.boolean()) return {static_cast<double>(*number.boolean())};
  if (number.integer()) return {static_cast<double>(*number.integer())};
  if (number.number()) return {*number.number()};
  return {std::stod(number.as<BigInteger>()->decimal)};
}

inline std::string word(const Value& description, const char* field) {
  const Value* value = description.as<Dict>()->find(field);
  return value && value->as<Text>() ? std::string(value->as<Text>()->view()) : "";
}

inline double number(const Value& value) {
  if (value.boolean()) return *value.boolean();
  if (value.integer()) return static_cast<double>(*value.integer());
  if (value.number()) return *value.number();
  return std::strtod(std::string(value.as<Text>()->view()).c_str(), nullptr);  // "nan", "inf"
}

inline bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// "" when `got` is what `description` says, else the first difference.
inline std::string difference(const Value& description, const Value& got);

inline std::string tensor_difference(const Value& description, const Array& got) {
  const auto* dict = description.as<Dict>();
  if (word(description, "dtype") != dtype_name(got.dtype))
    return "dtype " + std::string(dtype_name(got.dtype));
  Shape shape;
  for (const Value& size : *sequence(*dict->find("shape"))) shape.push_back(*size.integer());
  if (shape != got.shape) return "shape " + shape_text(got.shape);
  const Value* values = dict->find("values_first64");
  if (!values) values = dict->find("values_first64_c_order");
  const Bytes bytes = got.packed();
  for (std::size_t n = 0; n < sequence(*values)->size(); ++n) {
    const Value& want = (*sequence(*values))[n];
    const auto is = element(bytes, got.dtype, n);
    const auto* parts = sequence(want);
    for (std::size_t part = 0; part < is.size(); ++part)
      if (!same(number(parts ? (*parts)[part] : want), is[part])) return "element " + std::to_string(n);
  }
  return "";
}

inline std::string list_difference(const std::vector<Value>& wanted, const Value& got,
                                   const std::string& type) {
  const auto* items = sequence(got);
  if (!items || items->size() != wanted.size()) return type + " is a " + got.kind();
  for (std::size_t i = 0; i < items->size(); ++i)
    if (const auto d = difference(wanted[i], (*items)[i]); !d.empty())
      return "[" + std::to_string(i) + "] " + d;
  return "";
}

inline std::string difference(const Value& description, const Value& got) {
  const std::string type = word(description, "t");
  const auto* dict = description.as<Dict>();
  const Value* value = dict->find("value");
  const Value* items = dict->find("items");
  if (type == "npy0d_object") return difference(*value, got);
  if (type == "ndarray_object") return list_difference(*sequence(*dict->find("values")), got, type);
  if ((type == "tensor" || type == "ndarray") && got.as<Array>())
    return tensor_difference(description, *got.as<Array>());
  if (type == "ndarray") {  // strings
    const auto& wanted = *sequence(*dict->find("values_first64_c_order"));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      std::string want(wanted[i].as<Text>()->view());
      if (want.compare(0, 2, "b'") == 0) want = want.substr(2, want.size() - 3);
      if (!sequence(got) || (*sequence(got))[i].as<Text>()->view() != want) return "string " + want;
    }
    return "";
  }
  if (type == "dict") {
    const auto* entries = got.as<Dict>();
    if (!entries || entries->items().size() != sequence(*items)->size())
      return std::string("dict is a ") + got.kind();
    for (const Value& item : *sequence(*items)) {  // in any order: safetensors files have their own
      const auto& pair = *sequence(item);
      const auto found =
          std::find_if(entries->items().begin(), entries->items().end(),
                       [&](const auto& entry) { return difference(pair[0], entry.first).empty(); });
      if (found == entries->items().end()) return "key " + word(pair[0], "value") + " is missing";
      if (const auto d = difference(pair[1], found->second); !d.empty())
        return key_text(found->first) + ": " + d;
    }
    return "";
  }
  if (type == "list" || type == "tuple" || type == "set" || type == "Size")
    return list_difference(*sequence(*items), got, type);
  if (type == "object") {
    const auto* record = got.as<Record>();
    if (!record || record->name != word(description, "cls")) return std::string("object is a ") + got.kind();
    return difference(*dict->find("attrs"), record->state);
  }
  if (type == "NoneType") return got.is_null() ? "" : "None";
  if (type == "bytes") {
    const auto* blob = got.as<Blob>();
    std::string hex;
    for (std::size_t i = 0; blob && i < blob->bytes.size; ++i)
      for (const int half : {blob->bytes.data[i] >> 4, blob->bytes.data[i] & 15})
        hex += "0123456789abcdef"[half];
    return blob && hex == word(description, "hex") ? "" : "bytes";
  }
  if (type == "str" || type == "device" || type == "dtype") {
    std::string want = word(description, "value");
    if (type == "dtype") want = want.substr(6);  // torch.float16
    return got.as<Text>() && got.as<Text>()->view() == want ? "" : "text " + want;
  }
  if (const auto* big = got.as<BigInteger>())
    return big->decimal == word(description, "value") ? "" : "big integer";
  if (got.boolean() || got.integer() || got.number())
    return same(number(*value), number(got)) ? "" : "number";
  return type + " is a " + got.kind();
}

}  // namespace expect
