#pragma once
// What the layers say about inputs of a wrong shape.
#include <string>

#include "nn/layer.h"

namespace brain::nn {

// Throws "Conv2d: expected input [N, 3, H, W], found [1, 4, 8, 8]".
[[noreturn]] void unexpected_input(const Layer& layer, const std::string& expected, const at::Tensor& x);

// Throws unless x is [N, channels, one to three spatial axes]; with `unbatched` N may be missing. Channels -1: any.
void check_image(const Layer& layer, const at::Tensor& x, std::int64_t channels, std::size_t axes, bool unbatched);

}  // namespace brain::nn
