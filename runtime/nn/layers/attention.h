#pragma once
// Scaled dot-product attention (Vaswani et al. 2017) and the layer of torch.nn built on it.
#include <optional>

#include "nn/layer.h"

namespace brain::nn {

// softmax(q k' / sqrt d + mask) for q [N, heads, L, d] and k [N, heads, S, d]: [N, heads, L, S]. The mask is added and
// may be undefined; `softmax` is called, so hooks and taps see the probabilities.
at::Tensor attention_weights(Layer& softmax, const at::Tensor& q, const at::Tensor& k, const at::Tensor& mask = {});

// The same times v [N, heads, S, d], in one fused operator as long as `softmax` is a Softmax nobody looks at (no hook, no
// tap), else step by step through it; both agree up to rounding. Causal: position i sees keys 0 to i.
at::Tensor attend(Layer& softmax, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const at::Tensor& mask = {}, double dropout = 0, bool causal = false);

struct MultiheadAttentionOptions {
  double dropout = 0;  // of the attention weights, in training
  bool bias = true;
  std::optional<std::int64_t> kdim = std::nullopt;  // features of keys and values; embed_dim unless given
  std::optional<std::int64_t> vdim = std::nullopt;
  bool batch_first = false;  // [N, L, E] instead of [L, N, E]; [L, E] is one sequence either way
};

// Children in_proj (queries, keys, values below each other; q_proj, k_proj, v_proj when their features differ), softmax
// and out_proj. The tensors keep PyTorch's names: in_proj_weight, in_proj_bias, q_proj_weight, out_proj.weight, ...
//
// forward(x) is self-attention. call({query, key, value, key_padding_mask, need_weights, attn_mask,
// average_attn_weights, is_causal}) takes 3 to 8 values as PyTorch does and gives (output, weights or None). Masks are
// boolean (true: not seen) or added: key_padding_mask [N, S], attn_mask [L, S] or [N * heads, L, S].
class MultiheadAttention : public Copyable<MultiheadAttention> {
 public:
  MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads, MultiheadAttentionOptions options = {});
  std::string class_name() const override { return "MultiheadAttention"; }
  bool is_random() const override { return options_.dropout > 0; }
  std::int64_t embed_dim() const { return embed_dim_; }
  std::int64_t num_heads() const { return num_heads_; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
  Value forward_values(const Values& inputs, std::string_view entry) override;

 private:
  struct Projected {
    at::Tensor q, k, v;
  };
  void check(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) const;
  Projected project(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value);
  at::Tensor project_part(const at::Tensor& x, std::int64_t part);
  at::Tensor split_heads(const at::Tensor& x) const;  // to [N, heads, L, d]
  at::Tensor join_heads(const at::Tensor& y, std::int64_t dims) const;
  at::Tensor joined_mask(const at::Tensor& q, const at::Tensor& k, const Value& padding, const Value& attention) const;

  std::int64_t embed_dim_, num_heads_;
  MultiheadAttentionOptions options_;
  bool packed_;             // in_proj, not q_proj, k_proj and v_proj
  int in_proj_ = -1;        // the first of them
  int in_proj_bias_ = -1;   // with q_proj, k_proj, v_proj
  int softmax_, out_proj_;
};

}  // namespace brain::nn
