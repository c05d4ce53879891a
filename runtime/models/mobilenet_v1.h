#pragma once
// MobileNetV1 (Howard et al. 2017, arXiv:1704.04861) as TensorFlow's published networks are: padding "SAME", each norm
// folded into the bias of its convolution.
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> mobilenet_v1_entries();

}  // namespace brain::models
