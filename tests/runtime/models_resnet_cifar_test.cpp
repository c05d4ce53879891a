#include "models/resnet_cifar.h"

#include "golden_cifar.h"

TEST_CASE("akamaster/resnet20 from the original file gives the recorded logits and accuracy") {
  golden::check_cifar("akamaster/resnet20", "resnet20-12fca82f.th", "resnet20");
}
TEST_CASE("akamaster/resnet32, 44 and 56 give the recorded logits and accuracy") {
  for (const std::string depth : {"32", "44", "56"})
    golden::check_cifar("akamaster/resnet" + depth, "resnet" + depth + "_cifar10.safetensors", "resnet" + depth);
}
TEST_CASE("CIFAR ResNets on all 10,000 test pictures", "[.whole]") {
  for (const std::string depth : {"20", "32", "44", "56"})
    golden::check_cifar("akamaster/resnet" + depth, "resnet" + depth + "_cifar10.safetensors", "resnet" + depth, true);
}

TEST_CASE("shortcuts of option A take every second pixel and pad the channels") {
  const auto network = brain::models::create("akamaster/resnet20", {}, 1);
  const at::Tensor x = at::arange(2 * 16 * 4 * 4).reshape({2, 16, 4, 4}).to(at::kFloat);
  const at::Tensor y = (*network->get("layer2.0.shortcut"))(x);
  CHECK(y.sizes() == at::IntArrayRef{2, 32, 2, 2});
  CHECK(at::equal(y.narrow(1, 8, 16), x.slice(2, 0, 4, 2).slice(3, 0, 4, 2)));
  CHECK(y.narrow(1, 0, 8).abs().sum().item<double>() == 0);
  CHECK(y.narrow(1, 24, 8).abs().sum().item<double>() == 0);
}
