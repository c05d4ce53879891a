#include "nn/layers/embedding.h"

#include "core/error.h"
#include "nn/layers/init.h"
#include "nn/layers/repr.h"

namespace brain::nn {

Embedding::Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, EmbeddingOptions options)
    : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim), options_(options) {
  if (num_embeddings < 0 || embedding_dim < 0)
    fail("Embedding: expected sizes of at least 0, found ", num_embeddings, " and ", embedding_dim);
  auto& row = options_.padding_idx;
  if (row && (*row >= num_embeddings || *row < -num_embeddings))
    fail("Embedding: padding_idx: expected one of ", num_embeddings, " rows, found ", *row);
  if (row && *row < 0) *row += num_embeddings;
  const at::Tensor w = at::empty({num_embeddings, embedding_dim});
  init::normal_(w);
  if (row) w.select(0, *row).zero_();
  weight_ = add_parameter("weight", w);
}

std::string Embedding::description() const {
  std::string text = join_text(num_embeddings_, ", ", embedding_dim_);
  if (options_.padding_idx) text += ", padding_idx=" + repr(*options_.padding_idx);
  if (options_.scale_grad_by_freq) text += ", scale_grad_by_freq=True";
  return text;
}

at::Tensor Embedding::forward(const at::Tensor& indices) {
  if (!at::isIntegralType(indices.scalar_type(), false))
    fail("Embedding: expected row numbers of an integer dtype, found ", indices.scalar_type());
  return at::embedding(weight(), indices, options_.padding_idx.value_or(-1), options_.scale_grad_by_freq, false);
}

}  // namespace brain::nn
