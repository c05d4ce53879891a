#include "models/squeezenet.h"

#include "golden_rsa.h"

TEST_CASE("torchvision/squeezenet1_0 equals its source") {
  golden::check_model("tv_squeezenet1_0", "torchvision/squeezenet1_0");
}
TEST_CASE("torchvision/squeezenet1_1 equals its source") {
  golden::check_model("tv_squeezenet1_1", "torchvision/squeezenet1_1");
}

TEST_CASE("songhan/squeezenet1_0 with its real weights gives the recorded similarity to brains") {
  golden::check_rsa("songhan/squeezenet1_0", "squeezenet1_0_deepcomp_imagenet",
                    {{"features.5", "features.5"},
                     {"features.7", "features.7"},
                     {"features.12", "features.12"},
                     {"", "logits"}});
}
