#pragma once
// SqueezeNet as in torchvision (Iandola et al. 2016, arXiv:1602.07360).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> squeezenet_entries();

}  // namespace brain::models
