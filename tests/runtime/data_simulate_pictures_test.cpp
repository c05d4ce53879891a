#include "data/simulate_pictures.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "data/draw.h"

using namespace brain::data;
using Catch::Contains;

TEST_CASE("pictures as tensors are those of draw_picture") {
  const at::Tensor concepts = at::tensor({0, 3, 11}, at::kLong), indices = at::tensor({5, 6, 7}, at::kLong);
  const auto made = simulate_pictures(4, concepts, indices, 8, 32);
  CHECK(made.pixels.sizes() == at::IntArrayRef{3, 32, 32, 3});
  CHECK(at::equal(made.categories, at::tensor({0, 3, 3}, at::kLong)));
  std::vector<std::uint8_t> alone(32 * 32 * 3);
  draw_picture(make_concept(4, 11, 8), 4, 7, 32, alone.data());
  CHECK(std::equal(alone.begin(), alone.end(), made.pixels[2].const_data_ptr<std::uint8_t>()));
  CHECK(made.factors[1][3].item<float>() == 2);  // the place of the category
  CHECK(made.factors[1].slice(0, 0, 10).sum().item<float>() == 2);
  CHECK(made.factors.abs().max().item<float>() < 4);
  CHECK_THROWS_WITH(simulate_pictures(4, concepts, at::tensor({1}, at::kLong), 8, 32),
                    Contains("int64 of one length"));
  CHECK_THROWS_WITH(simulate_pictures(4, concepts, indices, 8, 4), Contains("size: expected 16 to 1024"));
}
