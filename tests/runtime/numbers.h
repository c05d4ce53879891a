#pragma once
#include <ATen/ATen.h>

#include "core/philox.h"

// Numbers in [-1, 1] of no obvious pattern, the same on every machine to rounding.
inline at::Tensor numbers(at::IntArrayRef shape, double seed = 1) {
  const at::Tensor place = at::arange(c10::multiply_integers(shape), at::kDouble);
  return ((place + 1) * (12.9898 + seed)).sin().view(shape);
}

// Standard normal numbers, independent (those of numbers() lie in a plane).
inline at::Tensor normals(at::IntArrayRef shape, std::uint64_t seed = 1) {
  at::Tensor x = at::empty(shape, at::kDouble);
  brain::Philox draw(seed, 0);
  for (std::int64_t k = 0; k < x.numel(); ++k)
    x.mutable_data_ptr<double>()[k] = draw.normal();
  return x;
}

inline bool near(const at::Tensor& got, const at::Tensor& expected, double rtol = 1e-12,
                 double atol = 1e-14) {
  return got.sizes() == expected.sizes() && at::allclose(got, expected, rtol, atol);
}
inline bool near(const at::Tensor& got, double expected, double rtol = 1e-12, double atol = 1e-14) {
  return near(got, at::full({}, expected, at::kDouble), rtol, atol);
}
