// Names are found as people write them, and a network made after a seed has the numbers of PyTorch's
// constructor.
#include "models/registry.h"

#include <catch2/catch.hpp>
#include <set>

#include "model_golden.h"

using namespace brain;

TEST_CASE("every name is there once") {
  std::set<std::string> names;
  for (const auto& entry : models::entries()) {
    CHECK(names.insert(entry.name).second);
    CHECK(entry.preprocessing.resize >= entry.preprocessing.crop);
    for (const auto& alias : entry.aliases) CHECK(names.insert(alias).second);
  }
  CHECK(names.size() > 40);
}

TEST_CASE("models are found by full name, by alias and by the bare name") {
  CHECK(models::find("torchvision/resnet50").name == "torchvision/resnet50");
  CHECK(models::find("resnet50").name == "torchvision/resnet50");
  CHECK(models::find("CORnet-S").name == "cornet/cornet_s");
  CHECK(models::find("tf_efficientnet_lite3").preprocessing.crop == 300);
  CHECK_THROWS_WITH(models::find("resnet51"), Catch::Contains("no model 'resnet51', did you mean 'resnet5"));
}

TEST_CASE("options reach the network") {
  const auto network = models::create("squeezenet1_1", {.outputs = 7});
  CHECK(network->training());
  network->eval();
  CHECK((*network)(at::zeros({1, 3, 64, 64})).sizes() == at::IntArrayRef{1, 7});
  CHECK(models::create("resnet18", {.outputs = 3})->get("fc")->description() ==
        "in_features=512, out_features=3, bias=True");
  CHECK_THROWS_WITH(models::create("resnet18", {.outputs = 0}),
                    "model torchvision/resnet18: outputs: expected at least 1, found 0");
}

TEST_CASE("networks without golden values have the published numbers of parameters") {
  const std::pair<const char*, double> millions[] = {
      {"vgg13", 133.047848},           {"vgg19_bn", 143.678248},        {"resnet152", 60.192808},
      {"resnext101_32x8d", 88.791336}, {"resnext101_64x4d", 83.455272}, {"wide_resnet101_2", 126.886696}};
  for (const auto& [name, expected] : millions) {
    INFO(name);
    CHECK(models::create(name)->count_parameters() == std::llround(expected * 1e6));
  }
  const double lites[] = {4.65, 5.42, 6.09, 8.20, 13.01};
  for (int i = 0; i < 5; ++i) {
    const auto count = models::create("tf_efficientnet_lite" + std::to_string(i))->count_parameters();
    CHECK(std::llround(double(count) / 1e4) == std::llround(100 * lites[i]));
  }
}

TEST_CASE("a seed gives the numbers of PyTorch's constructor") {
  nn::LayerPtr network;
  std::string made;
  double next = 0;
  for (const auto& row : model_golden()) {
    if (row.key == "output") continue;
    if (row.model != made) {
      network = models::create(row.model, {}, 3);
      next = at::rand({1}).item<double>();
      made = row.model;
    }
    INFO(row.model << " " << row.key);
    if (row.key == "next") {  // as many numbers were drawn
      CHECK(next == Approx(row.first));
      continue;
    }
    bool found = false;
    for (const auto& [name, value] : network->state_dict()) {
      if (name != row.key) continue;
      found = true;
      CHECK(value.flatten()[0].item<double>() == Approx(row.first).epsilon(1e-6));
      CHECK(std::abs(value.sum(at::kDouble).item<double>() - row.sum) <
            1e-7 * value.abs().sum(at::kDouble).item<double>());
    }
    CHECK(found);
  }
}
