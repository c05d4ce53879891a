#include "models/resnet_cifar.h"

#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/init.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain::models {

namespace {

using namespace nn;

LayerPtr conv3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  const Conv2dOptions options{.kernel_size = 3, .stride = stride, .padding = 1, .bias = false};
  return std::make_shared<Conv2d>(in, out, options);
}

// Every second row and column, and zeros for half of the channels that are missing before and after: [N, C, H, W] to
// [N, C + 2 padding, H / 2, W / 2].
class StridedShortcut : public Copyable<StridedShortcut> {
 public:
  explicit StridedShortcut(std::int64_t padding) : padding_(padding) {}
  std::string class_name() const override { return "LambdaLayer"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor half = x.slice(-2, 0, std::nullopt, 2).slice(-1, 0, std::nullopt, 2);
    return at::constant_pad_nd(half, {0, 0, 0, 0, padding_, padding_});
  }

 private:
  std::int64_t padding_;
};

class BasicBlock : public Copyable<BasicBlock> {
 public:
  BasicBlock(std::int64_t in, std::int64_t planes, std::int64_t stride) {
    conv1_ = add_child("conv1", conv3x3(in, planes, stride));
    bn1_ = add_child("bn1", std::make_shared<BatchNorm2d>(planes));
    conv2_ = add_child("conv2", conv3x3(planes, planes));
    bn2_ = add_child("bn2", std::make_shared<BatchNorm2d>(planes));
    LayerPtr shortcut = std::make_shared<Sequential>();
    if (in != planes) shortcut = std::make_shared<StridedShortcut>((planes - in) / 2);
    shortcut_ = add_child("shortcut", shortcut);
    relu_ = add_child("relu", std::make_shared<ReLU>());
  }
  std::string class_name() const override { return "BasicBlock"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor y = child(relu_)(child(bn1_)(child(conv1_)(x)));
    const at::Tensor sum = child(bn2_)(child(conv2_)(y)) + child(shortcut_)(x);
    return child(relu_)(sum);
  }

 private:
  int conv1_, bn1_, conv2_, bn2_, shortcut_, relu_;
};

LayerPtr row(std::int64_t in, std::int64_t planes, int blocks) {
  const auto layers = std::make_shared<Sequential>();
  for (int i = 0; i < blocks; ++i, in = planes)
    layers->append(std::make_shared<BasicBlock>(in, planes, in == planes ? 1 : 2));
  return layers;
}

LayerPtr resnet(int blocks, std::int64_t outputs) {
  const NamedLayers layers{{"conv1", conv3x3(3, 16)},
                           {"bn1", std::make_shared<BatchNorm2d>(16)},
                           {"relu", std::make_shared<ReLU>()},
                           {"layer1", row(16, 16, blocks)},
                           {"layer2", row(16, 32, blocks)},
                           {"layer3", row(32, 64, blocks)},
                           {"avgpool", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{1, 1})},
                           {"", std::make_shared<Flatten>()},
                           {"linear", std::make_shared<Linear>(64, outputs)}};
  const auto network = std::make_shared<Chain>("ResNet", layers);
  for (const auto& [name, layer] : network->named_layers())
    if (dynamic_cast<const Conv2d*>(layer.get()) || dynamic_cast<const Linear*>(layer.get()))
      init::kaiming_normal_(layer->parameters()[0].value);
  return network;
}

}  // namespace

std::vector<Entry> resnet_cifar_entries() {
  std::vector<Entry> entries;
  for (const int depth : {20, 32, 44, 56, 110})
    entries.push_back({.name = "akamaster/resnet" + std::to_string(depth),
                       .build = [blocks = (depth - 2) / 6](const ModelOptions& o) { return resnet(blocks, o.outputs); },
                       .preprocessing = {.resize = 32, .crop = 32},
                       .outputs = 10,
                       .download = "git clone https://github.com/akamaster/pytorch_resnet_cifar10"});
  return entries;
}

}  // namespace brain::models
