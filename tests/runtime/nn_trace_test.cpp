// Calls in the order in which they end, numbered and de-duplicated as in notes on Conwell et al. 2024: their published
// counts are 22 calls and 18 different ones for AlexNet, 175 and 158 for ResNet-50.
#include "nn/trace.h"

#include <set>

#include "layer_checks.h"
#include "models/registry.h"

using namespace brain;

namespace {

struct Count {
  int calls = 0, different = 0;
  std::vector<std::string> duplicates, names;
};

Count count(const std::string& model) {
  nn::seed(3);
  auto network = models::create(model);
  network->eval();
  Count counted;
  for (const auto& call : nn::trace_calls(*network, at::rand({3, 3, 224, 224}))) {
    if (call.numbered.empty()) continue;
    ++counted.calls;
    if (!call.duplicate_of.empty()) counted.duplicates.push_back(call.numbered);
    else counted.names.push_back(call.numbered);
  }
  counted.different = static_cast<int>(counted.names.size());
  return counted;
}

}  // namespace

TEST_CASE("AlexNet: 22 calls, 18 different, the second half of them as published") {
  const Count alexnet = count("torchvision/alexnet");
  CHECK(alexnet.calls == 22);
  CHECK(alexnet.different == 18);
  CHECK(std::set<std::string>(alexnet.duplicates.begin(), alexnet.duplicates.end()) ==
        std::set<std::string>{"Dropout-1", "Dropout-2", "AdaptiveAvgPool2d-1", "AlexNet-1"});
  CHECK(std::vector<std::string>(alexnet.names.begin() + 9, alexnet.names.end()) ==
        std::vector<std::string>{"ReLU-4", "Conv2d-5", "ReLU-5", "MaxPool2d-3", "Linear-1", "ReLU-6", "Linear-2", "ReLU-7", "Linear-3"});
}

TEST_CASE("ResNet-50: 175 calls, 158 different") {
  const Count resnet = count("torchvision/resnet50");
  CHECK(resnet.calls == 175);
  CHECK(resnet.different == 158);
}

TEST_CASE("a layer called often has a name for each call") {
  nn::seed(3);
  auto network = models::create("torchvision/resnet18");
  network->eval();
  std::vector<std::string> relu;
  for (const auto& call : nn::trace_calls(*network, at::rand({1, 3, 32, 32})))
    if (call.name.rfind("layer1.0.relu", 0) == 0) relu.push_back(call.name);
  CHECK(relu == std::vector<std::string>{"layer1.0.relu#0", "layer1.0.relu#1"});
  CHECK_FALSE(network->get("layer1.0.relu")->has_hooks());
}
