#include "models/vgg.h"

#include "golden_model.h"

TEST_CASE("torchvision/vgg11 equals its source") { golden::check_model("tv_vgg11", "torchvision/vgg11"); }
TEST_CASE("torchvision/vgg11_bn equals its source") {
  golden::check_model("tv_vgg11_bn", "torchvision/vgg11_bn");
}
TEST_CASE("torchvision/vgg16 equals its source") { golden::check_model("tv_vgg16", "torchvision/vgg16"); }
TEST_CASE("torchvision/vgg16_bn equals its source") {
  golden::check_model("tv_vgg16_bn", "torchvision/vgg16_bn");
}
