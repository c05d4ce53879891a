#pragma once
// The small vision transformer of smmk47/CIFAR10-Classification: patches of 4 x 4 pixels as tokens behind a class token,
// six of PyTorch's encoder layers with the norm after each sum (Vaswani et al. 2017) and ReLU.
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> vit_cifar_entries();

}  // namespace brain::models
