#pragma once
// ResNet, ResNeXt and Wide ResNet as in torchvision (He et al. 2015, arXiv:1512.03385; the stride sits on the
// 3x3).
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> resnet_entries();

}  // namespace brain::models
