#pragma once
// SqueezeNet as in torchvision (Iandola et al. 2016, arXiv:1602.07360), and as Caffe ran the weights of Deep Compression
// (Han et al. 2016, arXiv:1510.00149): the last convolution pads by one, pictures are BGR.
#include "models/registry.h"

namespace brain::models {

std::vector<Entry> squeezenet_entries();

}  // namespace brain::models
