#include "models/vit.h"

#include "golden_model.h"

TEST_CASE("torchvision/vit_b_16 equals its source") {
  golden::check_model("tv_vit_b_16", "torchvision/vit_b_16");
}
TEST_CASE("torchvision/vit_b_32 equals its source") {
  golden::check_model("tv_vit_b_32", "torchvision/vit_b_32");
}

TEST_CASE("a vision transformer takes the picture it was made for") {
  const auto network = brain::models::create("vit_b_32", {.outputs = 5, .image_size = 64}, 1);
  network->eval();
  CHECK((*network)(at::zeros({1, 3, 64, 64})).sizes() == at::IntArrayRef{1, 5});
  CHECK_THROWS_WITH((*network)(at::zeros({1, 3, 224, 224})),
                    "VisionTransformer: expected [N, 3, 64, 64], found [1, 3, 224, 224]");
  CHECK_THROWS_WITH(brain::models::create("vit_b_32", {.image_size = 100}),
                    "VisionTransformer: image_size: expected a multiple of 32, found 100");
}
