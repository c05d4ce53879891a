#pragma once
#include <array>
#include <cstdint>

#include <ATen/core/Tensor.h>

namespace brain::data {

struct VoxelOptions {
  std::uint64_t seed = 0;
  std::int64_t subject = 1, region = 0;            // name the draws
  std::array<double, 3> stages{1, 1, 1};           // weights of the hidden network's early, mid and late stage
  std::int64_t voxels = 60, repetitions = 24;
  double signal = 0.3;  // sd over pictures of a voxel's response, in sd of one trial's noise
  double noise = 1;     // sd of one trial's noise
};

// Trials of one region of one subject, whose voxels see mixtures of the hidden network's components
// (simulate_network.h; float32 [n, kStages * kComponents]): float64 [repetitions, n, voxels]. A voxel's weights are
// normal, of a variance that falls to each stage as `stages` squared; a fifth of the noise's variance is common to all
// voxels of a trial. The same for any number of threads.
at::Tensor simulate_voxels(const at::Tensor& components, const VoxelOptions& options);

}  // namespace brain::data
