#include "models/squeezenet.h"

#include "golden_model.h"

TEST_CASE("torchvision/squeezenet1_0 equals its source") {
  golden::check_model("tv_squeezenet1_0", "torchvision/squeezenet1_0");
}
TEST_CASE("torchvision/squeezenet1_1 equals its source") {
  golden::check_model("tv_squeezenet1_1", "torchvision/squeezenet1_1");
}
