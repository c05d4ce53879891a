#include "nn/layers/shape.h"

#include "layer_checks.h"

using namespace brain::nn;

TEST_CASE("layers that change only the shape") {
  const at::Tensor x = at::arange(24, at::kFloat).view({2, 3, 4});
  Identity same;
  CHECK(same(x).is_same(x));
  Flatten flat, first(0, 1);
  CHECK(flat(x).sizes() == at::IntArrayRef({2, 12}));
  CHECK(first(x).sizes() == at::IntArrayRef({6, 4}));
  Unflatten split(2, {2, -1});
  CHECK(split(x).sizes() == at::IntArrayRef({2, 3, 2, 2}));
  Permute turned({0, 2, 1});
  CHECK(at::equal(turned(x), x.transpose(1, 2)));
  CHECK(flat.description() == "start_dim=1, end_dim=-1");
  CHECK(split.description() == "dim=2, unflattened_size=(2, -1)");
}
