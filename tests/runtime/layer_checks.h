#pragma once
// What the tests of the standard layers share.
#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <catch2/catch.hpp>

#include "nn/layer.h"

namespace brain::nn {

inline void seed(std::uint64_t number) { at::manual_seed(number); }

inline at::Tensor row(std::initializer_list<double> values) {
  return at::tensor(at::ArrayRef<double>(values), at::kDouble);
}

// The same numbers up to float32's rounding, whatever the dtypes.
inline bool close(const at::Tensor& a, const at::Tensor& b, double tolerance = 1e-6) {
  return a.sizes() == b.sizes() && at::allclose(a.to(at::kDouble), b.to(at::kDouble), tolerance, tolerance);
}

inline at::Tensor& tensor_named(Layer& layer, const std::string& name) {
  static at::Tensor found;
  found = at::Tensor();
  for (const auto& entry : layer.state_dict())
    if (entry.name == name) found = entry.value;
  REQUIRE(found.defined());
  return found;
}

// Sets a parameter or buffer to given numbers.
inline void assign(Layer& layer, const std::string& name, const at::Tensor& values) {
  tensor_named(layer, name).detach().copy_(values);
}

inline std::vector<std::string> state_names(Layer& layer) {
  std::vector<std::string> out;
  for (const auto& entry : layer.state_dict()) out.push_back(entry.name);
  return out;
}

// A clone holds its own numbers: filling those of the copy leaves the original's output alone.
inline void check_clone(Layer& layer, const at::Tensor& x) {
  layer.eval();
  const at::Tensor before = layer(x);
  const LayerPtr copy = layer.clone();
  CHECK(copy->class_name() == layer.class_name());
  CHECK(copy->description() == layer.description());
  CHECK(at::equal((*copy)(x), before));
  for (const auto& entry : copy->state_dict()) entry.value.detach().fill_(3);
  CHECK(at::equal(layer(x), before));
}

}  // namespace brain::nn
