#include "data/simulate_fmri.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "data/simulate_network.h"

namespace brain::data {

namespace {

constexpr std::uint64_t kWeightStream = std::uint64_t{6} << 40, kTrialStream = std::uint64_t{7} << 40;
constexpr double kCommonNoise = 0.2;  // share of the variance

void check(const at::Tensor& components, const VoxelOptions& o) {
  if (components.scalar_type() != at::kFloat || components.dim() != 2 ||
      components.size(1) != kStages * kComponents)
    fail("simulate_voxels: expected components as float32 [n, ", kStages * kComponents, "], found ",
         components.scalar_type(), " ", components.sizes());
  double sum = 0;
  for (const double weight : o.stages) sum += weight * weight;
  if (!(sum > 0)) fail("simulate_voxels: stages: expected a weight other than 0");
  if (o.voxels < 1 || o.repetitions < 1)
    fail("simulate_voxels: expected at least 1 voxel and repetition, got ", o.voxels, " and ", o.repetitions);
  if (!(o.signal >= 0) || !(o.noise >= 0)) fail("simulate_voxels: signal and noise: expected at least 0");
}

// A number that tells subjects and regions apart, and leaves room for `items` of each.
std::uint64_t stream(const VoxelOptions& o, std::uint64_t kind, std::int64_t item) {
  return kind + (static_cast<std::uint64_t>(o.subject * 64 + o.region) << 24) + static_cast<std::uint64_t>(item);
}

// [components, voxels], so that components of the hidden network's variances give responses of variance signal^2 noise^2 on average.
at::Tensor weights(const VoxelOptions& o) {
  double sum = 0, variance = 0;
  for (const double weight : o.stages) sum += weight * weight;
  for (std::int64_t k = 0; k < kComponents; ++k) variance += component_variance(k);
  at::Tensor result = at::empty({kStages * kComponents, o.voxels}, at::kDouble);
  double* out = result.mutable_data_ptr<double>();
  for (std::int64_t c = 0; c < kStages * kComponents; ++c) {
    Philox random(o.seed, stream(o, kWeightStream, c));
    const double scale = o.signal * o.noise * o.stages[static_cast<std::size_t>(c / kComponents)] /
                         std::sqrt(sum * variance);
    for (std::int64_t v = 0; v < o.voxels; ++v) *out++ = scale * random.normal();
  }
  return result;
}

}  // namespace

at::Tensor simulate_voxels(const at::Tensor& components, const VoxelOptions& o) {
  check(components, o);
  const std::int64_t n = components.size(0), trials = n * o.repetitions;
  at::Tensor result = at::mm(components.to(at::kDouble), weights(o)).expand({o.repetitions, n, o.voxels}).contiguous();
  double* out = result.mutable_data_ptr<double>();
  const double common = o.noise * std::sqrt(kCommonNoise), own = o.noise * std::sqrt(1 - kCommonNoise);
  at::parallel_for(0, trials, 64, [&](std::int64_t first, std::int64_t last) {
    interrupt::check();
    for (std::int64_t t = first; t < last; ++t) {
      Philox random(o.seed, stream(o, kTrialStream, t));
      const double shared = common * random.normal();
      for (std::int64_t v = 0; v < o.voxels; ++v) out[t * o.voxels + v] += shared + own * random.normal();
    }
  });
  return result;
}

}  // namespace brain::data
