#pragma once
// VGG as in torchvision (Simonyan & Zisserman 2014, arXiv:1409.1556).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> vgg_entries();

}  // namespace brain::models
