#pragma once
// The volumes of tests/data/volumes, and what nibabel reads from them.
#include <catch2/catch.hpp>
#include <cstring>

#include "core/error.h"
#include "io/convert_numbers.h"
#include "io/json.h"
#include "scratch.h"

namespace volumes {

using namespace brain::io;

const std::string folder = "tests/data/volumes/";

inline Bytes content(const std::string& name) { return File(folder + name).bytes(); }

inline std::vector<double> numbers(const Array& array) {
  const Bytes bytes = convert_numbers(array.packed(), array.dtype, DType::float64);
  std::vector<double> values(bytes.size / sizeof(double));
  if (bytes.size) std::memcpy(values.data(), bytes.data, bytes.size);
  return values;
}

// One of shape, affine and values as nibabel has them.
inline std::vector<double> expected(const std::string& name, const char* what) {
  static const Value all = parse_json(read_text(folder + "expected.json"), "expected.json");
  const Value* found = all.as<Dict>()->find(name)->as<Dict>()->find(what);
  if (const auto* array = found->as<Array>()) return numbers(*array);
  std::vector<double> values;
  for (const Value& one : *sequence(*found)) values.push_back(one.integer() ? static_cast<double>(*one.integer()) : *one.number());
  return values;
}

}  // namespace volumes
