#pragma once
// AlexNet in torchvision's one-column form (Krizhevsky 2014, arXiv:1404.5997).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> alexnet_entries();

}  // namespace brain::models
