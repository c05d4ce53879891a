#pragma once
// EfficientNet-Lite as in timm: without squeeze-and-excitation, ReLU6 (Tan & Le 2019, arXiv:1905.11946).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> efficientnet_lite_entries();

}  // namespace brain::models
