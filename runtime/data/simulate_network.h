#pragma once
#include <cstdint>

#include <ATen/core/Tensor.h>

namespace brain::data {

// The hidden network behind simulated responses. It is no network of models/: three stages of fixed filters,
//   early  Gabor energies of luminance and two opponent colours at three scales, divisively normalised
//   mid    random second-order filters over those energies, rectified and normalised
//   late   random filters over the mid stage, pooled over the picture (a part of the variance), and random
//          rectified features of what the picture shows, its factors (the rest),
// each reduced to this many leading principal components of the training pictures.
inline constexpr std::int64_t kStages = 3, kComponents = 16;

// The variance of a stage's component k: it falls with the rank, as in cortex (Stringer et al., 2019).
inline double component_variance(std::int64_t k) { return 1 / static_cast<double>(k + 1); }

// pictures: uint8 [n, size, size, 3]; factors: float32 [n, f]; the first `training` pictures set each
// component's mean 0 and variance. Returns float32 [n, kStages * kComponents], early first. The same for
// any number of threads.
at::Tensor hidden_components(const at::Tensor& pictures, const at::Tensor& factors, std::int64_t training,
                             std::uint64_t seed);

}  // namespace brain::data
