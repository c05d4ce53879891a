#pragma once
// MobileNetV2 as in torchvision (Sandler et al. 2018, arXiv:1801.04381).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> mobilenet_v2_entries();

}  // namespace brain::models
