#pragma once
// Values as Python prints them, for the descriptions of layers.
#include <ATen/ATen.h>

#include <optional>
#include <string>

#include "nn/layers/per_axis.h"

namespace brain::nn {

std::string repr(double value);         // 0.1, 1e-05, 2.0
std::string repr(bool value);           // True
std::string repr(std::int64_t value);
std::string repr(at::IntArrayRef values);  // (3, 3), (3,)

template <class T>
std::string repr(const std::optional<T>& value) {
  return value ? repr(*value) : "None";
}

// As it was given: 2 or (2, 2).
template <std::size_t N>
std::string repr(const PerAxis<N>& value) {
  return value.single() ? repr(value[0]) : repr(at::IntArrayRef(value));
}

}  // namespace brain::nn
