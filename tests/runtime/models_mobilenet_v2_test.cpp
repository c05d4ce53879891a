#include "models/mobilenet_v2.h"

#include "golden_model.h"

TEST_CASE("torchvision/mobilenet_v2 equals its source") {
  golden::check_model("tv_mobilenet_v2", "torchvision/mobilenet_v2");
}
