#include "models/resnet.h"

#include "golden_model.h"

TEST_CASE("torchvision/resnet18 equals its source") {
  golden::check_model("tv_resnet18", "torchvision/resnet18");
}
TEST_CASE("torchvision/resnet34 equals its source") {
  golden::check_model("tv_resnet34", "torchvision/resnet34");
}
TEST_CASE("torchvision/resnet50 equals its source") {
  golden::check_model("tv_resnet50", "torchvision/resnet50");
}
TEST_CASE("torchvision/resnet101 equals its source") {
  golden::check_model("tv_resnet101", "torchvision/resnet101");
}
TEST_CASE("torchvision/resnext50_32x4d equals its source") {
  golden::check_model("tv_resnext50_32x4d", "torchvision/resnext50_32x4d");
}
TEST_CASE("torchvision/wide_resnet50_2 equals its source") {
  golden::check_model("tv_wide_resnet50_2", "torchvision/wide_resnet50_2");
}
