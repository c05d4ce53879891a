#pragma once
// Weights that Google publishes as NumPy archives of JAX and TensorFlow variables: the Vision Transformer and the MLP-Mixer of
// google-research/vision_transformer and big_vision, BiT's ResNets of google-research/big_transfer.
#include <optional>
#include <vector>

#include "nn/layer.h"

namespace brain::models {

// Whether the names are of that kind: "Transformer/encoderblock_0/LayerNorm_0/scale", "resnet/block1/unit01/a/...".
bool is_jax_state(const std::vector<nn::NamedTensor>& state);

// The same numbers under PyTorch's names and in its layout: kernels of convolutions from [height, width, in, out] to [out, in,
// height, width], of dense layers turned over, query, key and value joined in one projection, scale and gamma as weight, beta
// as bias. The Transformer gets torchvision's names (encoder.layers.encoder_layer_0.ln_1.weight), the Mixer (blocks.0.mlp_tokens.
// fc1.weight) and BiT (stages.0.blocks.0.conv1.weight) those of timm. Throws for names and shapes that none of them has.
std::vector<nn::NamedTensor> from_jax(const std::vector<nn::NamedTensor>& state);

}  // namespace brain::models
