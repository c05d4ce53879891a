#pragma once
// Losses of class scores.
#include <ATen/ATen.h>

namespace brain {

struct CrossEntropyOptions {
  at::Tensor weight;           // [C], or undefined
  double label_smoothing = 0;  // share of the target spread over all classes
  std::int64_t ignore_index = -100;
  at::Reduction::Reduction reduction = at::Reduction::Mean;
};

// -log softmax(logits)[target] (nats). logits [N, C, ...]; target int64 [N, ...] of classes, or probabilities
// of the shape of logits. As torch.nn.functional.cross_entropy: `mean` divides hard labels by the weights
// that counted.
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& target,
                         const CrossEntropyOptions& options = {});

}  // namespace brain
