#pragma once
#include <optional>

#include "nn/layer.h"

namespace brain::nn {

struct EmbeddingOptions {
  std::optional<std::int64_t> padding_idx = std::nullopt;  // a row of zeros that receives no gradient
  bool scale_grad_by_freq = false;                         // gradients divided by the row's count in the batch
};

// Rows of a table by number: integers of any shape -> [..., embedding_dim].
class Embedding : public Copyable<Embedding> {
 public:
  Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, EmbeddingOptions options = {});
  std::string class_name() const override { return "Embedding"; }
  std::string description() const override;
  const at::Tensor& weight() const { return parameter(weight_); }

 protected:
  at::Tensor forward(const at::Tensor& indices) override;

 private:
  std::int64_t num_embeddings_, embedding_dim_;
  EmbeddingOptions options_;
  int weight_;
};

}  // namespace brain::nn
