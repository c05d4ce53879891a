#include "models/vit_cifar.h"

#include "golden_cifar.h"

TEST_CASE("smmk47/vit_cifar10 gives the recorded logits and accuracy") {
  golden::check_cifar("smmk47/vit_cifar10", "vit_d128_l6_cifar10.safetensors", "vit_d128_l6");
}

TEST_CASE("smmk47/vit_cifar10 on all 10,000 test pictures", "[.whole]") {
  golden::check_cifar("smmk47/vit_cifar10", "vit_d128_l6_cifar10.safetensors", "vit_d128_l6", true);
}

TEST_CASE("the transformer for CIFAR says which pictures it takes") {
  const auto network = brain::models::create("vit_cifar10", {}, 1);
  CHECK_THROWS_WITH((*network)(at::zeros({1, 3, 224, 224})), "VisionTransformer: expected [N, 3, 32, 32], found [1, 3, 224, 224]");
}
