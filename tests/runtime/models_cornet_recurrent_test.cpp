// The recurrent CORnets against a second implementation, and their time steps by name.
#include "models/cornet_recurrent.h"

#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>

#include "model_golden.h"
#include "nn/taps.h"

using namespace brain;

TEST_CASE("CORnet-Z, R and RT answer as PyTorch does after the same seed") {
  const at::NoGradGuard no_grad;
  int compared = 0;
  for (const auto& row : model_golden()) {
    if (row.key != "output") continue;
    INFO(row.model);
    const auto network = models::create(row.model, {}, 3);
    network->eval();
    const at::Tensor y = (*network)(golden_picture());
    CHECK(std::abs(y[0][0].item<double>() - row.first) < 1e-5 * y.std().item<double>());
    CHECK(std::abs(y.sum(at::kDouble).item<double>() - row.sum) <
          1e-6 * y.abs().sum(at::kDouble).item<double>());
    ++compared;
  }
  CHECK(compared == 3);
}

TEST_CASE("every area is called once a time step and gives output and state") {
  const at::NoGradGuard no_grad;
  const auto network = models::create("cornet_rt", {.outputs = 5}, 3);
  nn::Taps taps(*network, {"V2.output#0", "V2.output#4", "IT", "V4"});
  taps.run([&] { (*network)(at::rand({1, 3, 96, 80})); });
  std::vector<std::string> names;
  for (const auto& [name, value] : taps.results()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"V2.output#0", "V2.output#4", "V4.0", "V4.1", "IT.0", "IT.1"});
  CHECK(taps.results()[0].value.sizes() == at::IntArrayRef{1, 128, 12, 10});
}
