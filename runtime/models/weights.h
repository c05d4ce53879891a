#pragma once
// Published weights for the networks of the registry.
#include <string>

#include "models/registry.h"

namespace brain::models {

// Puts a checkpoint's tensors into a network of this entry: any file that io/format.h reads, the state dict plain or
// under state_dict, model and the like, its names with or without module., model. and the like in front, by this
// network's names or those entry.rename knows; NumPy archives of JAX variables are turned into PyTorch's layout
// (jax_weights.h). Counters of training batches may be missing, a 1 x 1 convolution fills a linear layer, half floats
// become floats. Anything else missing, unexpected or mis-shaped is one error that names the first few of each; the
// network is then unchanged.
void load_weights(nn::Layer& network, const Entry& entry, const std::string& path);

// The entry's file in torch hub's cache ($TORCH_HOME/hub/checkpoints/NAME-HASH.pth) or Hugging Face's
// ($HF_HOME/hub/models--timm--NAME.TAG/snapshots/*/model.safetensors). The hash that the file's name (or, in Hugging
// Face's cache, that of the blob) carries is compared with the content's SHA-256. When there is none the error says where
// was looked and the one line that downloads it; two that differ are an error that names both.
std::string cached_weights(const Entry& entry);

}  // namespace brain::models
