#include "models/vit.h"

#include <cmath>

#include "core/error.h"
#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/attention.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/dropout.h"
#include "nn/layers/init.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm.h"

namespace brain::models {

namespace {

using namespace nn;

struct Size {
  std::int64_t patch, layers, heads, width, hidden;
};

LayerPtr layer_norm(std::int64_t width) {
  return std::make_shared<LayerNorm>(width, LayerNormOptions{.eps = 1e-6});
}

LayerPtr mlp(const Size& size) {
  const auto first = std::make_shared<Linear>(size.width, size.hidden);
  const auto second = std::make_shared<Linear>(size.hidden, size.width);
  for (const auto& linear : {first, second}) {
    init::xavier_uniform_(linear->weight());
    init::normal_(linear->bias(), 0, 1e-6);
  }
  const NamedLayers layers{{"0", first},
                           {"1", std::make_shared<GELU>()},
                           {"2", std::make_shared<Dropout>(0)},
                           {"3", second},
                           {"4", std::make_shared<Dropout>(0)}};
  return std::make_shared<Chain>("MLPBlock", layers);
}

// Attention and a perceptron, each on normed tokens and added to what came in: [N, tokens, width].
class EncoderBlock : public Copyable<EncoderBlock> {
 public:
  explicit EncoderBlock(const Size& size) {
    ln_1_ = add_child("ln_1", layer_norm(size.width));
    const MultiheadAttentionOptions options{.batch_first = true};
    self_attention_ =
        add_child("self_attention", std::make_shared<MultiheadAttention>(size.width, size.heads, options));
    dropout_ = add_child("dropout", std::make_shared<Dropout>(0));
    ln_2_ = add_child("ln_2", layer_norm(size.width));
    mlp_ = add_child("mlp", mlp(size));
  }
  std::string class_name() const override { return "EncoderBlock"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor normed = child(ln_1_)(x);
    const auto attended = child(self_attention_).call({normed, normed, normed, {}, false}).toTuple();
    const at::Tensor y = child(dropout_)(attended->elements()[0].toTensor()) + x;
    return y + child(mlp_)(child(ln_2_)(y));
  }

 private:
  int ln_1_, self_attention_, dropout_, ln_2_, mlp_;
};

class Encoder : public Copyable<Encoder> {
 public:
  Encoder(const Size& size, std::int64_t tokens) {
    at::Tensor positions = at::empty({1, tokens, size.width});
    init::normal_(positions, 0, 0.02);
    pos_embedding_ = add_parameter("pos_embedding", positions);
    dropout_ = add_child("dropout", std::make_shared<Dropout>(0));
    const auto layers = std::make_shared<Sequential>();
    for (std::int64_t i = 0; i < size.layers; ++i)
      layers->append("encoder_layer_" + std::to_string(i), std::make_shared<EncoderBlock>(size));
    layers_ = add_child("layers", layers);
    ln_ = add_child("ln", layer_norm(size.width));
  }
  std::string class_name() const override { return "Encoder"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    return child(ln_)(child(layers_)(child(dropout_)(x + parameter(pos_embedding_))));
  }

 private:
  int pos_embedding_, dropout_, layers_, ln_;
};

// Patches as tokens behind a class token, whose last state is classified.
class VisionTransformer : public Copyable<VisionTransformer> {
 public:
  VisionTransformer(const Size& size, const ModelOptions& options)
      : image_size_(options.image_size.value_or(224)) {
    if (image_size_ < size.patch || image_size_ % size.patch != 0)
      fail("VisionTransformer: image_size: expected a multiple of ", size.patch, ", found ", image_size_);
    const Conv2dOptions patches{.kernel_size = size.patch, .stride = size.patch};
    const auto projection = std::make_shared<Conv2d>(3, size.width, patches);
    class_token_ = add_parameter("class_token", at::zeros({1, 1, size.width}));
    conv_proj_ = add_child("conv_proj", projection);
    const std::int64_t side = image_size_ / size.patch;
    encoder_ = add_child("encoder", std::make_shared<Encoder>(size, side * side + 1));
    const auto head = std::make_shared<Linear>(size.width, options.outputs);
    heads_ = add_child("heads", std::make_shared<Sequential>(NamedLayers{{"head", head}}));
    const double fan_in = 3 * static_cast<double>(size.patch * size.patch);
    init::trunc_normal_(projection->weight(), 0, std::sqrt(1 / fan_in));
    for (const at::Tensor& zero : {projection->bias(), head->weight(), head->bias()})
      init::constant_(zero, 0);
  }
  std::string class_name() const override { return "VisionTransformer"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    if (x.dim() != 4 || x.size(2) != image_size_ || x.size(3) != image_size_)
      fail("VisionTransformer: expected [N, 3, ", image_size_, ", ", image_size_, "], found ", x.sizes());
    const at::Tensor patches = child(conv_proj_)(x).flatten(2).transpose(1, 2);
    const at::Tensor tokens = at::cat({parameter(class_token_).expand({x.size(0), -1, -1}), patches}, 1);
    return child(heads_)(child(encoder_)(tokens).select(1, 0));
  }

 private:
  std::int64_t image_size_;
  int class_token_, conv_proj_, encoder_, heads_;
};

// Checkpoints of torchvision before 0.13 call the perceptron's layers linear_1 and linear_2.
std::string current_name(const std::string& theirs) {
  const auto at = theirs.find(".mlp.linear_");
  if (at == std::string::npos) return theirs;
  const bool first = theirs[at + 12] == '1';
  return theirs.substr(0, at) + (first ? ".mlp.0" : ".mlp.3") + theirs.substr(at + 13);
}

}  // namespace

std::vector<Entry> vit_entries() {
  const struct {
    const char* name;
    Size size;
    Preprocessing preprocessing;
  } variants[] = {{"vit_b_16", {16, 12, 12, 768, 3072}, {}},
                  {"vit_b_32", {32, 12, 12, 768, 3072}, {}},
                  {"vit_l_16", {16, 24, 16, 1024, 4096}, {.resize = 242}},
                  {"vit_l_32", {32, 24, 16, 1024, 4096}, {}},
                  {"vit_h_14", {14, 32, 16, 1280, 5120}, {.resize = 224, .interpolation = "bicubic"}}};
  std::vector<Entry> entries;
  for (const auto& variant : variants) {
    const auto build = [size = variant.size](const ModelOptions& o) -> LayerPtr {
      return std::make_shared<VisionTransformer>(size, o);
    };
    entries.push_back({.name = std::string("torchvision/") + variant.name,
                       .build = build,
                       .preprocessing = variant.preprocessing,
                       .rename = current_name});
  }
  return entries;
}

}  // namespace brain::models
