#include "nn/layers/container.h"

#include "layer_checks.h"
#include "nn/layers/activation.h"
#include "nn/layers/linear.h"
#include "nn/layers/shape.h"

using namespace brain::nn;

TEST_CASE("a Sequential runs its children in order, numbered or named") {
  const std::vector<LayerPtr> layers{std::make_shared<Linear>(2, 3), std::make_shared<ReLU>()};
  auto net = std::make_shared<Sequential>(layers);
  net->append("head", std::make_shared<Linear>(3, 1, false));
  CHECK(state_names(*net) == std::vector<std::string>{"0.weight", "0.bias", "head.weight"});
  const at::Tensor x = at::ones({1, 2});
  at::Tensor y = x;
  for (const auto& stage : net->stages()) y = (*stage)(y);
  CHECK(at::equal((*net)(x), y));
  CHECK(net->stages().size() == 3);
  check_clone(*net, x);
  net->replace("head", std::make_shared<Identity>());
  CHECK((*net)(x).sizes() == at::IntArrayRef({1, 3}));
  CHECK_THROWS_WITH(net->append("head", std::make_shared<ReLU>()), "Sequential: the name 'head' is taken");
}

TEST_CASE("an empty Sequential passes its input, named children come in order") {
  Sequential nothing;
  const at::Tensor x = at::ones({2});
  CHECK(nothing(x).is_same(x));
  const std::vector<std::pair<std::string, LayerPtr>> layers{{"b", std::make_shared<ReLU>()}, {"a", std::make_shared<Tanh>()}};
  const Sequential named(layers);
  CHECK(named.children()[0].name == "b");
}

TEST_CASE("a ModuleList only holds") {
  ModuleList list({std::make_shared<Linear>(2, 2), std::make_shared<ReLU>()});
  CHECK(list.size() == 2);
  CHECK(list[1].class_name() == "ReLU");
  CHECK(state_names(list) == std::vector<std::string>{"0.weight", "0.bias"});
  CHECK_THROWS_WITH(list(at::ones({2})), "ModuleList: only holds layers, call one of them");
}
