#include "nn/layers/linear.h"

#include "layer_checks.h"

using namespace brain::nn;

TEST_CASE("y = x W' + b on the last axis") {
  Linear layer(2, 3);
  assign(layer, "weight", row({1, 2, 3, 4, 5, 6}).view({3, 2}));
  assign(layer, "bias", row({10, 20, 30}));
  CHECK(close(layer(at::tensor({1.f, -1.f})), row({9, 19, 29})));
  CHECK(layer(at::ones({4, 5, 2})).sizes() == at::IntArrayRef({4, 5, 3}));
  CHECK(state_names(layer) == std::vector<std::string>{"weight", "bias"});
  CHECK(layer.description() == "in_features=2, out_features=3, bias=True");
  CHECK_THROWS_WITH(layer(at::ones({2, 3})), "Linear: expected input [..., 2], found [2, 3]");
}

TEST_CASE("a Linear without bias, over given tensors, and its clone") {
  auto layer = std::make_shared<Linear>(3, 2, false);
  CHECK(state_names(*layer) == std::vector<std::string>{"weight"});
  CHECK_FALSE(layer->bias().defined());
  check_clone(*layer, at::ones({1, 3}));
  auto given = std::make_shared<Linear>(at::full({2, 4}, 0.5), at::ones({2}));
  CHECK(given->in_features() == 4);
  CHECK(given->out_features() == 2);
  CHECK(given->weight().requires_grad());
  CHECK(close((*given)(at::ones({4})), row({3, 3})));
  CHECK_THROWS_WITH(Linear(at::ones({2, 4}), at::ones({4})), "Linear: expected bias [2], found [4]");
}
