// The read-out of several layers equals the same steps written out; cut stages give the same.
#include "nn/encoding_head.h"

#include "layer_checks.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/linear.h"

using namespace brain::nn;

namespace {

LayerPtr trunk() {
  return std::make_shared<Sequential>(std::vector<std::pair<std::string, LayerPtr>>{
      {"first", std::make_shared<Linear>(6, 5)}, {"relu", std::make_shared<ReLU>()},
      {"second", std::make_shared<Linear>(5, 4)}, {"last", std::make_shared<Linear>(4, 3)}});
}

}  // namespace

TEST_CASE("flatten, Linear, ReLU per tap, concatenated, Linear") {
  seed(1);
  auto head = std::make_shared<EncodingHead>(trunk(), std::vector<std::string>{"second", "relu"}, 7, 2, at::zeros({1, 6}));
  CHECK(state_names(*head) == std::vector<std::string>{
      "trunk.first.weight", "trunk.first.bias", "trunk.second.weight", "trunk.second.bias", "trunk.last.weight",
      "trunk.last.bias", "read_out.0.weight", "read_out.0.bias", "read_out.1.weight", "read_out.1.bias", "output.weight",
      "output.bias"});
  CHECK(tensor_named(*head, "read_out.0.weight").sizes() == at::IntArrayRef({7, 4}));
  const at::Tensor x = at::randn({8, 6});
  const auto result = head->call({x}).toTupleRef().elements();
  const at::Tensor relu = at::relu((*head->get("trunk.first"))(x)), second = (*head->get("trunk.second"))(relu);
  const at::Tensor both = at::cat({at::relu((*head->get("read_out.0"))(second)), at::relu((*head->get("read_out.1"))(relu))}, 1);
  CHECK(at::equal(result[0].toTensor(), (*head->get("trunk"))(x)));
  CHECK(at::equal(result[1].toTensor(), (*head->get("output"))(both)));
  CHECK(at::equal(head->call({x}, "predict").toTensor(), result[1].toTensor()));

  const auto stages = head->stages();
  REQUIRE(stages.size() == 2);
  const auto rest = stages[1]->call({(*stages[0])(x)}).toTupleRef().elements();
  CHECK(at::equal(rest[0].toTensor(), result[0].toTensor()));
  CHECK(at::equal(rest[1].toTensor(), result[1].toTensor()));

  const LayerPtr copy = head->clone();
  for (const auto& entry : copy->state_dict()) entry.value.detach().fill_(0);
  CHECK(at::equal(head->call({x}, "predict").toTensor(), result[1].toTensor()));
}

TEST_CASE("gradients reach the trunk through the prediction") {
  seed(2);
  auto head = std::make_shared<EncodingHead>(trunk(), std::vector<std::string>{"relu"}, 3, 2, at::zeros({1, 6}));
  head->call({at::randn({4, 6})}, "predict").toTensor().sum().backward();
  CHECK(tensor_named(*head, "trunk.first.weight").grad().defined());
  CHECK_FALSE(tensor_named(*head, "trunk.last.weight").grad().defined());
}

TEST_CASE("what cannot be read out is refused by name") {
  CHECK_THROWS_WITH(EncodingHead(trunk(), {"secnd"}, 3, 2, at::zeros({1, 6})), Catch::Contains("did you mean 'second'?"));
  CHECK_THROWS_WITH(EncodingHead(trunk(), {"*"}, 3, 2, at::zeros({1, 6})), Catch::Contains("tap '*': expected the name of one layer"));
  CHECK_THROWS_WITH(EncodingHead(trunk(), {}, 3, 2, at::zeros({1, 6})), Catch::Contains("at least one layer name"));
}
