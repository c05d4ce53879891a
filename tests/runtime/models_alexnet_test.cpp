#include "models/alexnet.h"

#include "golden_model.h"

TEST_CASE("torchvision/alexnet equals its source") {
  golden::check_model("tv_alexnet", "torchvision/alexnet");
}
