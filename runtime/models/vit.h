#pragma once
// The Vision Transformer as in torchvision (Dosovitskiy et al. 2020, arXiv:2010.11929).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> vit_entries();

}  // namespace brain::models
