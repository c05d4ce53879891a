#include "nn/layers/input.h"

#include "layer_checks.h"
#include "nn/layers/shape.h"

using namespace brain::nn;

TEST_CASE("the error names what was expected and what came") {
  const Identity layer;
  const auto check = [&](at::IntArrayRef shape, int channels, std::size_t axes, bool unbatched) {
    check_image(layer, at::zeros(shape), channels, axes, unbatched);
  };
  CHECK_NOTHROW(check({1, 3, 8, 8}, 3, 2, false));
  CHECK_NOTHROW(check({3, 8, 8}, 3, 2, true));
  CHECK_NOTHROW(check({9, 7, 8}, -1, 1, false));
  CHECK_THROWS_WITH(check({1, 4, 8, 8}, 3, 2, true), "Identity: expected input [N, 3, H, W], found [1, 4, 8, 8]");
  CHECK_THROWS_WITH(check({3, 8, 8}, 3, 2, false), "Identity: expected input [N, 3, H, W], found [3, 8, 8]");
  CHECK_THROWS_WITH(check({}, 3, 1, true), "Identity: expected input [N, 3, L], found []");
  CHECK_THROWS_WITH(check({2}, -1, 3, true), "Identity: expected input [N, C, D, H, W], found [2]");
}
