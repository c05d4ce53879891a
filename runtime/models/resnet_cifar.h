#pragma once
// The ResNets that He et al. (2016, arXiv:1512.03385, section 4.2) trained on CIFAR-10, as in
// akamaster/pytorch_resnet_cifar10: three rows of 16, 32 and 64 channels, shortcuts without parameters (option A).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> resnet_cifar_entries();

}  // namespace brain::models
