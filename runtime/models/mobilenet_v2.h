#pragma once
// MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) as in torchvision and as TensorFlow's published networks are.
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> mobilenet_v2_entries();

}  // namespace brain::models
