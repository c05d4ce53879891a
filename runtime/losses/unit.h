#pragma once
// Vectors of length 1: the factors of cosines and correlations.
#include <ATen/ATen.h>

namespace brain {

// x divided by its length along `dim`. A zero vector stays zero and gets gradient 0, so that a cosine with it
// is 0.
at::Tensor unit(const at::Tensor& x, std::int64_t dim);

// x minus its mean along `dim`, divided by the length of that. What is constant up to rounding becomes zero,
// with gradient 0, so that a correlation with it is 0 instead of noise.
at::Tensor centred_unit(const at::Tensor& x, std::int64_t dim);

}  // namespace brain
