#include "models/vit_cifar.h"

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

constexpr std::int64_t kWidth = 128, kHeads = 8, kHidden = 256, kLayers = 6, kImage = 32, kPatch = 4;

// torch.nn.TransformerEncoderLayer in its default form: x = norm1(x + attention(x)), x = norm2(x + mlp(x)).
class EncoderLayer : public Copyable<EncoderLayer> {
 public:
  EncoderLayer() {
    const MultiheadAttentionOptions options{.dropout = 0.1, .batch_first = true};
    self_attn_ = add_child("self_attn", std::make_shared<MultiheadAttention>(kWidth, kHeads, options));
    linear1_ = add_child("linear1", std::make_shared<Linear>(kWidth, kHidden));
    dropout_ = add_child("dropout", std::make_shared<Dropout>(0.1));
    linear2_ = add_child("linear2", std::make_shared<Linear>(kHidden, kWidth));
    norm1_ = add_child("norm1", std::make_shared<LayerNorm>(kWidth));
    norm2_ = add_child("norm2", std::make_shared<LayerNorm>(kWidth));
    dropout1_ = add_child("dropout1", std::make_shared<Dropout>(0.1));
    dropout2_ = add_child("dropout2", std::make_shared<Dropout>(0.1));
    activation_ = add_child("activation", std::make_shared<ReLU>());
  }
  std::string class_name() const override { return "TransformerEncoderLayer"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const Value attended = child(self_attn_).call({x, x, x, Value(), false});
    const at::Tensor seen = attended.toTupleRef().elements()[0].toTensor();
    const at::Tensor y = child(norm1_)(x + child(dropout1_)(seen));
    const at::Tensor hidden = child(dropout_)(child(activation_)(child(linear1_)(y)));
    return child(norm2_)(y + child(dropout2_)(child(linear2_)(hidden)));
  }

 private:
  int self_attn_, linear1_, dropout_, linear2_, norm1_, norm2_, dropout1_, dropout2_, activation_;
};

class VisionTransformer : public Copyable<VisionTransformer> {
 public:
  explicit VisionTransformer(std::int64_t outputs) {
    constexpr std::int64_t side = kImage / kPatch;
    cls_token_ = add_parameter("cls_token", init::normal_(at::empty({1, 1, kWidth}), 0, 1));
    pos_embed_ = add_parameter("pos_embed", init::normal_(at::empty({1, side * side + 1, kWidth}), 0, 1));
    const auto projection = std::make_shared<Conv2d>(3, kWidth, Conv2dOptions{.kernel_size = kPatch, .stride = kPatch});
    patch_embed_ = add_child("patch_embed", std::make_shared<Chain>("PatchEmbed", NamedLayers{{"proj", projection}}));
    const auto layers = std::make_shared<Sequential>();
    for (std::int64_t i = 0; i < kLayers; ++i) layers->append(std::make_shared<EncoderLayer>());
    transformer_ =
        add_child("transformer", std::make_shared<Chain>("TransformerEncoder", NamedLayers{{"layers", layers}}));
    mlp_head_ = add_child("mlp_head", std::make_shared<Sequential>(std::vector<LayerPtr>{
                                          std::make_shared<LayerNorm>(kWidth), std::make_shared<Linear>(kWidth, outputs)}));
  }
  std::string class_name() const override { return "VisionTransformer"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    if (x.dim() != 4 || x.size(1) != 3 || x.size(2) != kImage || x.size(3) != kImage)
      fail("VisionTransformer: expected [N, 3, ", kImage, ", ", kImage, "], found ", x.sizes());
    const at::Tensor patches = child(patch_embed_)(x).flatten(2).transpose(1, 2);
    const at::Tensor tokens = at::cat({parameter(cls_token_).expand({x.size(0), -1, -1}), patches}, 1);
    const at::Tensor states = child(transformer_)(tokens + parameter(pos_embed_));
    return child(mlp_head_)(states.select(1, 0));
  }

 private:
  int cls_token_, pos_embed_, patch_embed_, transformer_, mlp_head_;
};

}  // namespace

std::vector<Entry> vit_cifar_entries() {
  return {{.name = "smmk47/vit_cifar10",
           .build = [](const ModelOptions& o) -> LayerPtr { return std::make_shared<VisionTransformer>(o.outputs); },
           .preprocessing = {.resize = 32,
                             .crop = 32,
                             .mean = {0.4914, 0.4822, 0.4465},
                             .std = {0.2023, 0.1994, 0.2010}},
           .outputs = 10,
           .download = "git clone https://github.com/smmk47/CIFAR10-Classification"}};
}

}  // namespace brain::models
