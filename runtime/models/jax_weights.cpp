#include "models/jax_weights.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <ATen/ATen.h>

#include "core/error.h"

namespace brain::models {
namespace {

using nn::NamedTensor;
using Words = std::vector<std::string>;

Words split(const std::string& name) {
  Words words;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t stop = std::min(name.find('/', at), name.size());
    words.push_back(name.substr(at, stop - at));
    at = stop + 1;
  }
  return words;
}

// What a training program puts in front of every name.
Words bare(const std::string& name) {
  Words words = split(name);
  const auto drop = [&](std::string_view prefix) {
    if (words.size() > 1 && words[0] == prefix) words.erase(words.begin());
  };
  for (const char* prefix : {"opt", "target", "params", "resnet"}) drop(prefix);
  return words;
}

// "encoderblock_12" as 12; nothing where the word does not begin so.
std::optional<int> number_behind(const std::string& word, std::string_view prefix) {
  int number = 0;
  if (!word.starts_with(prefix)) return std::nullopt;
  const auto [end, error] = std::from_chars(word.data() + prefix.size(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

class Converter {
 public:
  // One variable. False where no family has such a name.
  bool add(const Words& words, const at::Tensor& value) {
    name_ = &words;
    value_ = value;
    return transformer() || mixer() || bit();
  }

  std::vector<NamedTensor> finish() {
    for (const auto& [name, parts] : projections_) {
      for (const at::Tensor& part : parts)
        if (!part.defined()) fail(name, ": expected query, key and value, found some of them");
      put(name, at::cat({parts[0], parts[1], parts[2]}));
    }
    return std::move(state_);
  }

 private:
  const std::string& word(std::size_t n) const {
    static const std::string none;
    return n < name_->size() ? (*name_)[n] : none;
  }
  std::string text() const {
    std::string all;
    for (const std::string& one : *name_) all += (all.empty() ? "" : "/") + one;
    return all;
  }

  void put(std::string name, const at::Tensor& value) { state_.push_back({std::move(name), value.contiguous()}); }

  // kernel, scale or bias of a layer that PyTorch calls `layer`.
  bool put_layer(const std::string& layer, const std::string& last) {
    if (last == "bias" || last == "beta") return put(layer + ".bias", value_.flatten()), true;
    if (last == "scale" || last == "gamma") return put(layer + ".weight", value_.flatten()), true;
    if (last != "kernel") return false;
    if (value_.dim() == 4) return put(layer + ".weight", value_.permute({3, 2, 0, 1})), true;
    if (value_.dim() == 2) return put(layer + ".weight", value_.t()), true;
    fail(text(), ": expected a kernel of 2 or 4 axes, found ", value_.sizes());
  }

  // query, key and value: kernels [width, heads, depth] and biases [heads, depth]; out: [heads, depth, width].
  bool attention(const std::string& layer, std::size_t at) {
    const std::string& part = word(at);
    const bool kernel = word(at + 1) == "kernel";
    if (!kernel && word(at + 1) != "bias") return false;
    const std::int64_t axes = kernel ? 3 : part == "out" ? 1 : 2;
    if (value_.dim() != axes) fail(text(), ": expected ", axes, " axes, found ", value_.sizes());
    if (part == "out") return put(layer + ".out_proj." + (kernel ? "weight" : "bias"), kernel ? value_.flatten(0, 1).t() : value_), true;
    const int place = part == "query" ? 0 : part == "key" ? 1 : part == "value" ? 2 : -1;
    if (place < 0) return false;
    projections_[layer + (kernel ? ".in_proj_weight" : ".in_proj_bias")][static_cast<std::size_t>(place)] =
        kernel ? value_.flatten(1).t() : value_.flatten();
    return true;
  }

  bool block(int n) {
    const std::string layer = "encoder.layers.encoder_layer_" + std::to_string(n);
    const std::string& part = word(2);
    if (part == "LayerNorm_0") return put_layer(layer + ".ln_1", word(3));
    if (part == "LayerNorm_1" || part == "LayerNorm_2") return put_layer(layer + ".ln_2", word(3));  // big_vision, vision_transformer
    if (part.starts_with("MultiHeadDotProductAttention_")) return attention(layer + ".self_attention", 3);
    if (!part.starts_with("MlpBlock_")) return false;
    return (word(3) == "Dense_0" && put_layer(layer + ".mlp.0", word(4))) || (word(3) == "Dense_1" && put_layer(layer + ".mlp.3", word(4)));
  }

  bool transformer() {
    const std::string& first = word(0);
    if (first == "cls") return put("class_token", value_), true;
    if (first == "pos_embedding" || (first == "Transformer" && word(1) == "posembed_input")) return put("encoder.pos_embedding", value_), true;
    if (first == "embedding") return put_layer("conv_proj", word(1));
    if (first == "pre_logits") return put_layer("heads.pre_logits", word(1));
    if (first != "Transformer") return false;
    if (word(1) == "encoder_norm") return put_layer("encoder.ln", word(2));
    const auto n = number_behind(word(1), "encoderblock_");
    return n && block(*n);
  }

  bool mixer() {
    const std::string& first = word(0);
    if (first == "stem") return put_layer("stem.proj", word(1));
    if (first == "pre_head_layer_norm") return put_layer("norm", word(1));
    const auto n = number_behind(first, "MixerBlock_");
    if (!n) return false;
    const std::string layer = "blocks." + std::to_string(*n);
    if (word(1) == "LayerNorm_0") return put_layer(layer + ".norm1", word(2));
    if (word(1) == "LayerNorm_1") return put_layer(layer + ".norm2", word(2));
    const std::string mlp = word(1) == "token_mixing" ? ".mlp_tokens" : word(1) == "channel_mixing" ? ".mlp_channels" : "";
    if (mlp.empty()) return false;
    return (word(2) == "Dense_0" && put_layer(layer + mlp + ".fc1", word(3))) || (word(2) == "Dense_1" && put_layer(layer + mlp + ".fc2", word(3)));
  }

  // block1/unit01/a/group_norm/gamma and so on: a, b and c are the three convolutions and what comes before them.
  bool bit() {
    const std::string& first = word(0);
    if (first == "root_block") return word(1) == "standardized_conv2d" && put_layer("stem.conv", word(2));
    if (first == "group_norm") return put_layer("norm", word(1));
    const auto stage = number_behind(first, "block"), unit = number_behind(word(1), "unit");
    if (!stage || !unit || *stage < 1 || *unit < 1 || word(2).size() != 1) return false;
    const int place = word(2)[0] - 'a' + 1;
    if (place < 1 || place > 3) return false;
    const std::string layer = "stages." + std::to_string(*stage - 1) + ".blocks." + std::to_string(*unit - 1);
    if (word(3) == "group_norm") return put_layer(layer + ".norm" + std::to_string(place), word(4));
    if (word(3) == "standardized_conv2d") return put_layer(layer + ".conv" + std::to_string(place), word(4));
    return word(3) == "proj" && word(4) == "standardized_conv2d" && put_layer(layer + ".downsample.conv", word(5));
  }

  const Words* name_ = nullptr;
  at::Tensor value_;
  std::vector<NamedTensor> state_;
  std::map<std::string, std::array<at::Tensor, 3>> projections_;  // query, key, value
};

enum class Family { none, transformer, mixer, bit };

Family family_of(const std::vector<NamedTensor>& state) {
  for (const auto& [name, value] : state) {
    const Words words = bare(name);
    if (words.size() < 2) continue;
    if (words[0] == "Transformer") return Family::transformer;
    if (words[0].starts_with("MixerBlock_")) return Family::mixer;
    if (words[0] == "root_block") return Family::bit;
  }
  return Family::none;
}

// The classifier: of a Transformer heads.head, of the others head and head.fc.
void put_head(std::vector<NamedTensor>& state, Family family, const Words& words, const at::Tensor& value) {
  const std::string layer = family == Family::transformer ? "heads.head" : family == Family::mixer ? "head" : "head.fc";
  const std::string& last = words.back();
  const bool kernel = last == "kernel";
  if (!kernel && last != "bias") fail("head: expected kernel and bias, found ", last);
  const at::Tensor turned = !kernel ? value.flatten() : value.dim() == 4 ? value.permute({3, 2, 0, 1}) : value.t();
  state.push_back({layer + (kernel ? ".weight" : ".bias"), turned.contiguous()});
}

}  // namespace

bool is_jax_state(const std::vector<NamedTensor>& state) { return family_of(state) != Family::none; }

std::vector<NamedTensor> from_jax(const std::vector<NamedTensor>& state) {
  const Family family = family_of(state);
  if (family == Family::none) fail("expected variables of a Vision Transformer, MLP-Mixer or BiT, such as Transformer/encoderblock_0/LayerNorm_0/scale");
  Converter converter;
  std::vector<NamedTensor> heads;
  for (const auto& [name, value] : state) {
    const Words words = bare(name);
    if (words[0] == "head" && words.size() > 1) {
      put_head(heads, family, words, value);
    } else if (!converter.add(words, value)) {
      fail("'", name, "' is no variable of a Vision Transformer, MLP-Mixer or BiT");
    }
  }
  std::vector<NamedTensor> converted = converter.finish();
  converted.insert(converted.end(), heads.begin(), heads.end());
  return converted;
}

}  // namespace brain::models
