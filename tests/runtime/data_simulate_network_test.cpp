#include "data/simulate_network.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "data/simulate_pictures.h"

using namespace brain::data;
using Catch::Contains;

TEST_CASE("components have mean 0 and falling variance over the training pictures, and the early ones do not know the factors") {
  const at::Tensor indices = at::arange(30, at::kLong);
  const auto made = simulate_pictures(4, indices.remainder(12), indices, 8, 40);
  const at::Tensor components = hidden_components(made.pixels, made.factors, 22, 1);
  REQUIRE(components.sizes() == at::IntArrayRef{30, kStages * kComponents});
  const at::Tensor training = components.slice(0, 0, 22).to(at::kDouble);
  CHECK(training.mean(0).abs().max().item<double>() < 1e-5);
  const at::Tensor variance = 1 / at::arange(1, kComponents + 1, at::kDouble).repeat({kStages});
  CHECK((training.var(0, false) - variance).abs().max().item<double>() < 1e-4);
  CHECK(at::equal(components, hidden_components(made.pixels, made.factors, 22, 1)));
  CHECK_FALSE(at::allclose(components, hidden_components(made.pixels, made.factors, 22, 2)));
  const at::Tensor other = hidden_components(made.pixels, made.factors.flip(0).contiguous(), 22, 1);
  CHECK(at::equal(other.slice(1, 0, 2 * kComponents), components.slice(1, 0, 2 * kComponents)));
  CHECK_FALSE(at::allclose(other.slice(1, 2 * kComponents), components.slice(1, 2 * kComponents)));
  CHECK_THROWS_WITH(hidden_components(made.pixels, made.factors, 31, 1),
                    Contains("2 to 30 training pictures"));
  CHECK_THROWS_WITH(hidden_components(made.pixels.to(at::kFloat), made.factors, 22, 1),
                    Contains("expected pictures as uint8"));
}
