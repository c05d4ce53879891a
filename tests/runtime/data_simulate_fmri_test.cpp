#include "data/simulate_fmri.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "data/simulate_network.h"

using namespace brain::data;
using Catch::Contains;

TEST_CASE("voxels: variance of response and noise, what stages they see, common noise") {
  at::manual_seed(1);
  const at::Tensor components =
      at::randn({500, kStages * kComponents}) / at::arange(1, kComponents + 1).repeat({kStages}).sqrt();
  VoxelOptions o;
  o.voxels = 400, o.repetitions = 8, o.signal = 0.5, o.noise = 2;
  const at::Tensor trials = simulate_voxels(components, o);
  REQUIRE(trials.sizes() == at::IntArrayRef({8, 500, 400}));
  const at::Tensor noise = trials - trials.mean(0, true);
  // 8 repetitions leave 7/8 of the noise's variance; 4 % is four standard errors of 3500 trials with a common fifth
  CHECK(noise.square().mean().item<double>() * 8 / 7 == Approx(4.0).epsilon(0.04));
  const at::Tensor common = noise.mean(2);
  CHECK(common.square().mean().item<double>() * 8 / 7 == Approx(0.8).epsilon(0.1));
  o.noise = 0;
  CHECK(simulate_voxels(components, o).abs().max().item<double>() == 0);  // the response is in units of the noise
  o.noise = 1e-9, o.signal = 0.5e9, o.stages = {0, 1, 0};
  const at::Tensor mid = simulate_voxels(components, o)[0];
  CHECK(mid.square().mean().item<double>() == Approx(0.25).epsilon(0.05));
  at::Tensor others = components.clone();
  others.slice(1, 0, kComponents).zero_();
  others.slice(1, 2 * kComponents).zero_();
  CHECK(at::allclose(simulate_voxels(others, o)[0], mid, 0, 1e-7));
  o.subject = 2;
  CHECK_FALSE(at::allclose(simulate_voxels(components, o)[0], mid, 0, 1e-2));
}

TEST_CASE("voxels: the same for any number of threads, and what is refused") {
  const at::Tensor components = at::ones({300, kStages * kComponents});
  VoxelOptions o;
  o.voxels = 3;
  const int threads = at::get_num_threads();
  const at::Tensor some = simulate_voxels(components, o);
  at::set_num_threads(1);
  CHECK(at::equal(simulate_voxels(components, o), some));
  at::set_num_threads(threads);
  CHECK_THROWS_WITH(simulate_voxels(at::zeros({2, 3}), o), Contains("expected components as float32 [n, 48]"));
  o.stages = {0, 0, 0};
  CHECK_THROWS_WITH(simulate_voxels(components, o), Contains("stages: expected a weight other than 0"));
}
