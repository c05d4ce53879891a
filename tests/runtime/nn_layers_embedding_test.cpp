#include "nn/layers/embedding.h"

#include "layer_checks.h"

using namespace brain::nn;

TEST_CASE("an embedding looks rows up; the padding row is zero and learns nothing") {
  seed(0);
  auto layer = std::make_shared<Embedding>(4, 3, EmbeddingOptions{.padding_idx = -1});
  const at::Tensor rows = at::tensor({0, 3, 1, 0}, at::kLong).view({2, 2});
  const at::Tensor y = (*layer)(rows);
  CHECK(at::equal(y[1][0], layer->weight()[1]));
  CHECK(close(y[0][1], at::zeros({3})));
  y.sum().backward();
  CHECK(close(layer->weight().grad().select(1, 0), row({2, 1, 0, 0})));
  CHECK(layer->description() == "4, 3, padding_idx=3");
  check_clone(*layer, rows);
}

TEST_CASE("what an embedding refuses") {
  CHECK_THROWS_WITH(Embedding(4, 3, {.padding_idx = 4}), "Embedding: padding_idx: expected one of 4 rows, found 4");
  Embedding layer(4, 3);
  CHECK_THROWS_WITH(layer(at::ones({2})), "Embedding: expected row numbers of an integer dtype, found Float");
}
