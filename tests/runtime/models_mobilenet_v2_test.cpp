#include "models/mobilenet_v2.h"

#include "golden_rsa.h"

TEST_CASE("torchvision/mobilenet_v2 equals its source") {
  golden::check_model("tv_mobilenet_v2", "torchvision/mobilenet_v2");
}

namespace {
const std::vector<std::pair<std::string, std::string>> layers{{"features.0.1", "features.0.0"},
                                                              {"features.8.conv.2", "features.8.conv.2"},
                                                              {"features.16", "add_57"},
                                                              {"features.18", "features.18.0"},
                                                              {"classifier.0", "average_pool_2d_62"},
                                                              {"", "logits"}};
}

TEST_CASE("coral/mobilenet_v2_1.0_224 with its real weights gives the recorded similarity to brains") {
  golden::check_rsa("coral/mobilenet_v2_1.0_224", "mobilenet_v2_1.0_224_imagenet", layers);
}
TEST_CASE("coral/mobilenet_v2_1.0_224_inat_bird with its real weights gives the recorded similarity to brains") {
  golden::check_rsa("coral/mobilenet_v2_1.0_224_inat_bird", "mobilenet_v2_1.0_224_inat_bird", layers);
}
