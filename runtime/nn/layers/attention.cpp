#include "nn/layers/attention.h"

#include <cmath>
#include <limits>
#include <typeinfo>

#include "core/error.h"
#include "nn/layers/activation.h"
#include "nn/layers/init.h"
#include "nn/layers/linear.h"
#include "nn/taps.h"

namespace brain::nn {

namespace {

constexpr double kHidden = -std::numeric_limits<double>::infinity();

bool is_observed(const Layer& layer) { return layer.has_hooks() || Taps::want(layer); }

// Numbers to add: -inf where a boolean mask is true.
at::Tensor additive(const at::Tensor& mask, at::ScalarType dtype, const char* name) {
  if (mask.scalar_type() == at::kBool)
    return at::zeros(mask.sizes(), mask.options().dtype(dtype)).masked_fill_(mask, kHidden);
  if (!mask.is_floating_point())
    fail("MultiheadAttention: ", name, ": expected bool or float, found ", mask.scalar_type());
  return mask;
}

at::Tensor causal_mask(const at::Tensor& q, const at::Tensor& k) {
  return at::full({q.size(2), k.size(2)}, kHidden, q.options().requires_grad(false)).triu_(1);
}

bool flag(const Values& inputs, std::size_t i, const char* name, bool otherwise) {
  if (i >= inputs.size() || inputs[i].isNone()) return otherwise;
  if (!inputs[i].isBool()) fail("MultiheadAttention: ", name, ": expected boolean, found ", inputs[i].tagKind());
  return inputs[i].toBool();
}

const Value& tensor_or_none(const Values& inputs, std::size_t i, const char* name) {
  static const Value none;
  if (i >= inputs.size()) return none;
  if (!inputs[i].isNone() && !inputs[i].isTensor())
    fail("MultiheadAttention: ", name, ": expected Tensor, found ", inputs[i].tagKind());
  return inputs[i];
}

}  // namespace

at::Tensor attention_weights(Layer& softmax, const at::Tensor& q, const at::Tensor& k, const at::Tensor& mask) {
  const at::Tensor scores = at::matmul(q * std::sqrt(1.0 / static_cast<double>(q.size(-1))), k.transpose(-2, -1));
  return softmax(mask.defined() ? scores + mask : scores);
}

at::Tensor attend(Layer& softmax, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask,
                  double dropout, bool causal) {
  const bool fused = typeid(softmax) == typeid(Softmax) && !is_observed(softmax);
  at::Tensor all = mask;
  if (causal && (mask.defined() || !fused)) {
    all = mask.defined() ? mask + causal_mask(q, k) : causal_mask(q, k);
    causal = false;
  }
  if (!fused) return at::matmul(at::dropout(attention_weights(softmax, q, k, all), dropout, dropout > 0), v);
  return at::scaled_dot_product_attention(q, k, v, all.defined() ? std::optional(all) : std::nullopt, dropout, causal);
}

MultiheadAttention::MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads, MultiheadAttentionOptions options)
    : embed_dim_(embed_dim), num_heads_(num_heads), options_(options) {
  if (embed_dim < 1 || num_heads < 1 || embed_dim % num_heads != 0)
    fail("MultiheadAttention: expected heads that divide embed_dim ", embed_dim, ", found ", num_heads);
  if (!(options.dropout >= 0 && options.dropout <= 1))
    fail("MultiheadAttention: dropout: expected a probability, found ", options.dropout);
  const std::int64_t kdim = options.kdim.value_or(embed_dim), vdim = options.vdim.value_or(embed_dim);
  packed_ = kdim == embed_dim && vdim == embed_dim;
  const auto out_proj = std::make_shared<Linear>(embed_dim, embed_dim, options.bias);  // draws first, as in PyTorch
  if (options.bias) init::constant_(out_proj->bias(), 0);
  const at::Tensor bias = options.bias ? at::zeros({3 * embed_dim}) : at::Tensor();
  const auto uniform = [&](std::int64_t out, std::int64_t in) { return init::xavier_uniform_(at::empty({out, in})); };
  if (packed_) {
    in_proj_ = add_child("in_proj", std::make_shared<Linear>(uniform(3 * embed_dim, embed_dim), bias), "in_proj_");
  } else {
    in_proj_ = add_child("q_proj", std::make_shared<Linear>(uniform(embed_dim, embed_dim), at::Tensor()), "q_proj_");
    add_child("k_proj", std::make_shared<Linear>(uniform(embed_dim, kdim), at::Tensor()), "k_proj_");
    add_child("v_proj", std::make_shared<Linear>(uniform(embed_dim, vdim), at::Tensor()), "v_proj_");
    in_proj_bias_ = add_parameter("in_proj_bias", bias);
  }
  softmax_ = add_child("softmax", std::make_shared<Softmax>(-1));
  out_proj_ = add_child("out_proj", out_proj);
}

void MultiheadAttention::check(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) const {
  const std::int64_t dims = query.dim();
  const char* const shape = dims == 2 ? "[L, " : options_.batch_first ? "[N, L, " : "[L, N, ";
  const auto expect = [&](const at::Tensor& x, const char* name, std::int64_t features, bool fits) {
    if (x.dim() != dims || x.size(-1) != features || !fits)
      fail("MultiheadAttention: expected ", name, " ", shape, features, "], found ", x.sizes());
  };
  expect(query, "query", embed_dim_, dims == 2 || dims == 3);
  const std::int64_t batch = options_.batch_first ? 0 : 1;
  expect(key, "key", options_.kdim.value_or(embed_dim_), dims == 2 || (key.dim() == dims && key.size(batch) == query.size(batch)));
  const bool paired = value.dim() == dims && value.sizes().slice(0, dims - 1) == key.sizes().slice(0, dims - 1);
  expect(value, "value", options_.vdim.value_or(embed_dim_), paired);
}

// One third of in_proj; only that third is computed when a plain Linear stands there and nobody looks at it.
at::Tensor MultiheadAttention::project_part(const at::Tensor& x, std::int64_t part) {
  Layer& in_proj = child(in_proj_);
  if (typeid(in_proj) != typeid(Linear) || is_observed(in_proj))
    return in_proj(x).narrow(-1, part * embed_dim_, embed_dim_);
  const auto& linear = static_cast<const Linear&>(in_proj);
  const auto third = [&](const at::Tensor& t) { return t.defined() ? t.narrow(0, part * embed_dim_, embed_dim_) : t; };
  return at::linear(x, third(linear.weight()), third(linear.bias()));
}

MultiheadAttention::Projected MultiheadAttention::project(const at::Tensor& query, const at::Tensor& key,
                                                          const at::Tensor& value) {
  if (packed_) {
    if (!query.is_same(key) || !key.is_same(value))
      return {project_part(query, 0), project_part(key, 1), project_part(value, 2)};
    const auto all = child(in_proj_)(query).split(embed_dim_, -1);
    return {all[0], all[1], all[2]};
  }
  Projected p{child(in_proj_)(query), child(in_proj_ + 1)(key), child(in_proj_ + 2)(value)};
  const at::Tensor& bias = parameter(in_proj_bias_);
  if (!bias.defined()) return p;
  const auto thirds = bias.split(embed_dim_);
  return {p.q + thirds[0], p.k + thirds[1], p.v + thirds[2]};
}

at::Tensor MultiheadAttention::split_heads(const at::Tensor& x) const {
  const std::int64_t d = embed_dim_ / num_heads_;
  const at::Tensor heads = (x.dim() == 2 ? x.unsqueeze(options_.batch_first ? 0 : 1) : x).unflatten(-1, {num_heads_, d});
  return options_.batch_first ? heads.transpose(1, 2) : heads.permute({1, 2, 0, 3});
}

at::Tensor MultiheadAttention::join_heads(const at::Tensor& y, std::int64_t dims) const {
  const at::Tensor joined = (options_.batch_first ? y.transpose(1, 2) : y.permute({2, 0, 1, 3})).flatten(2);
  return dims == 2 ? joined.squeeze(options_.batch_first ? 0 : 1) : joined;
}

at::Tensor MultiheadAttention::joined_mask(const at::Tensor& q, const at::Tensor& k, const Value& padding,
                                           const Value& attention) const {
  const std::int64_t n = q.size(0), l = q.size(2), s = k.size(2);
  at::Tensor mask;
  if (attention.isTensor()) {
    mask = additive(attention.toTensor(), q.scalar_type(), "attn_mask");
    const bool per_head = mask.dim() == 3;
    const std::vector<std::int64_t> all{l, s}, each{n * num_heads_, l, s};
    if (mask.sizes() != at::IntArrayRef(per_head ? each : all))
      fail("MultiheadAttention: expected attn_mask ", at::IntArrayRef(all), " or ", at::IntArrayRef(each), ", found ",
           mask.sizes());
    if (per_head) mask = mask.view({n, num_heads_, l, s});
  }
  if (padding.isTensor()) {
    const at::Tensor keys = additive(padding.toTensor(), q.scalar_type(), "key_padding_mask");
    if (keys.numel() != n * s || keys.dim() < 1 || keys.size(-1) != s)
      fail("MultiheadAttention: expected key_padding_mask [", n, ", ", s, "], found ", keys.sizes());
    const at::Tensor shaped = keys.view({n, 1, 1, s});
    mask = mask.defined() ? mask + shaped : shaped;
  }
  return mask;
}

at::Tensor MultiheadAttention::forward(const at::Tensor& x) {
  return forward_values({x, x, x, Value(), false}, "forward").toTupleRef().elements()[0].toTensor();
}

Value MultiheadAttention::forward_values(const Values& inputs, std::string_view entry) {
  if (entry != "forward" || inputs.size() == 1) return Layer::forward_values(inputs, entry);
  if (inputs.size() < 3 || inputs.size() > 8 || !inputs[0].isTensor() || !inputs[1].isTensor() || !inputs[2].isTensor())
    fail("MultiheadAttention: expected query, key and value as Tensors and at most 5 further values, found ",
         inputs.size(), " values");
  const at::Tensor query = inputs[0].toTensor(), key = inputs[1].toTensor(), value = inputs[2].toTensor();
  check(query, key, value);
  const Value& padding = tensor_or_none(inputs, 3, "key_padding_mask");
  const Value& attention = tensor_or_none(inputs, 5, "attn_mask");
  const bool need_weights = flag(inputs, 4, "need_weights", true);
  const bool causal = flag(inputs, 7, "is_causal", false) && attention.isNone();  // with a mask it is a hint
  const double dropout = training() ? options_.dropout : 0;

  const Projected projected = project(query, key, value);
  const at::Tensor q = split_heads(projected.q), k = split_heads(projected.k), v = split_heads(projected.v);
  at::Tensor mask = joined_mask(q, k, padding, attention);
  Value weights;
  at::Tensor y;
  if (need_weights) {
    if (causal) mask = mask.defined() ? mask + causal_mask(q, k) : causal_mask(q, k);
    at::Tensor seen = at::dropout(attention_weights(child(softmax_), q, k, mask), dropout, dropout > 0);
    y = at::matmul(seen, v);
    if (flag(inputs, 6, "average_attn_weights", true)) seen = seen.mean(1);
    weights = query.dim() == 2 ? seen.squeeze(0) : seen;
  } else {
    y = attend(child(softmax_), q, k, v, mask, dropout, causal);
  }
  return c10::ivalue::Tuple::create({child(out_proj_)(join_heads(y, query.dim())), weights});
}

}  // namespace brain::nn
