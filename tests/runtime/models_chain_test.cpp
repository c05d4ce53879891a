// A chain runs its children in order, functions between them included, and its clones share nothing that
// changes.
#include "models/chain.h"

#include <catch2/catch.hpp>

#include "models/registry.h"
#include "nn/taps.h"
#include "small_network.h"

using namespace brain;

namespace {

nn::LayerPtr scale(double a) { return std::make_shared<nn::Scale>(a); }

nn::LayerPtr chain() {
  return std::make_shared<models::Chain>(
      "Net", models::NamedLayers{{"a", scale(2)}, {"", scale(3)}, {"b", scale(5)}});
}

}  // namespace

TEST_CASE("steps without a name run but are no children") {
  const auto net = chain();
  CHECK(net->class_name() == "Net");
  CHECK(nn::run(*net) == 30);
  CHECK(nn::names(net->state_dict()) == std::vector<std::string>{"a.a", "b.a"});
  CHECK(net->stages().size() == 3);
  net->replace("b", scale(7));
  CHECK(nn::run(*net) == 42);
  const auto copy = net->clone();
  copy->replace("a", scale(1));
  CHECK(nn::run(*copy) == 21);
  CHECK(nn::run(*net) == 42);
}

TEST_CASE("the composition of stages is forward") {
  for (const char* name : {"alexnet", "resnet18", "squeezenet1_1", "mobilenet_v2", "efficientnet_lite0",
                           "cornet_z", "cornet_s"}) {
    const auto net = models::create(name, {.outputs = 10}, 5);
    net->eval();
    const at::Tensor x = at::rand({1, 3, 64, 64});
    at::Tensor y = x;
    REQUIRE(net->stages().size() > 1);
    for (const auto& stage : net->stages()) y = (*stage)(y);
    CHECK(at::equal(y, (*net)(x)));
  }
}

TEST_CASE("a ReLU called several times is tapped call by call") {
  const auto net = models::create("resnet18", {.outputs = 10}, 5);
  net->eval();
  const at::Tensor x = at::rand({1, 3, 64, 64});
  nn::Taps taps(*net, {"layer1.0.relu#*", "layer1.0", "layer1.0.bn1"});
  taps.run([&] { (*net)(x); });
  std::map<std::string, at::Tensor> seen;
  for (const auto& [name, value] : taps.results()) seen[name] = value;
  REQUIRE(seen.size() == 4);
  CHECK(at::equal(seen["layer1.0.relu#0"], seen["layer1.0.bn1"].relu()));
  CHECK(at::equal(seen["layer1.0.relu#1"], seen["layer1.0"]));
}
