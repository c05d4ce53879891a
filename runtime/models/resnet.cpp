#include "models/resnet.h"

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

struct Variant {
  std::string name;
  bool bottleneck;
  std::array<int, 4> blocks;
  std::int64_t groups = 1;
  std::int64_t width_per_group = 64;
  std::int64_t resize = 256;
};

LayerPtr conv3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1, std::int64_t groups = 1) {
  return std::make_shared<Conv2d>(
      in, out,
      Conv2dOptions{.kernel_size = 3, .stride = stride, .padding = 1, .groups = groups, .bias = false});
}

LayerPtr conv1x1(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return std::make_shared<Conv2d>(in, out, Conv2dOptions{.kernel_size = 1, .stride = stride, .bias = false});
}

LayerPtr norm(std::int64_t channels) { return std::make_shared<BatchNorm2d>(channels); }

// What the blocks share: the shortcut, which is the input itself or a strided 1x1, and one ReLU called after
// every sum and convolution.
class Block : public Layer {
 protected:
  void add_shortcut(const LayerPtr& downsample) {
    if (downsample) downsample_ = add_child("downsample", downsample);
  }
  at::Tensor add_to_shortcut(const at::Tensor& x, const at::Tensor& branch) const {
    const at::Tensor sum = branch + (downsample_ < 0 ? x : child(downsample_)(x));
    return child(relu_)(sum);
  }
  int relu_ = -1;

 private:
  int downsample_ = -1;
};

class BasicBlock : public Copyable<BasicBlock, Block> {
 public:
  BasicBlock(std::int64_t in, std::int64_t planes, std::int64_t stride, const LayerPtr& downsample) {
    conv1_ = add_child("conv1", conv3x3(in, planes, stride));
    bn1_ = add_child("bn1", norm(planes));
    relu_ = add_child("relu", std::make_shared<ReLU>());
    conv2_ = add_child("conv2", conv3x3(planes, planes));
    bn2_ = add_child("bn2", norm(planes));
    add_shortcut(downsample);
  }
  std::string class_name() const override { return "BasicBlock"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor y = child(relu_)(child(bn1_)(child(conv1_)(x)));
    return add_to_shortcut(x, child(bn2_)(child(conv2_)(y)));
  }

 private:
  int conv1_, bn1_, conv2_, bn2_;
};

class Bottleneck : public Copyable<Bottleneck, Block> {
 public:
  Bottleneck(std::int64_t in, std::int64_t planes, std::int64_t stride, const LayerPtr& downsample,
             const Variant& variant) {
    const std::int64_t width = planes * variant.width_per_group / 64 * variant.groups;
    conv1_ = add_child("conv1", conv1x1(in, width));
    bn1_ = add_child("bn1", norm(width));
    conv2_ = add_child("conv2", conv3x3(width, width, stride, variant.groups));
    bn2_ = add_child("bn2", norm(width));
    conv3_ = add_child("conv3", conv1x1(width, 4 * planes));
    bn3_ = add_child("bn3", norm(4 * planes));
    relu_ = add_child("relu", std::make_shared<ReLU>());
    add_shortcut(downsample);
  }
  std::string class_name() const override { return "Bottleneck"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor y = child(relu_)(child(bn1_)(child(conv1_)(x)));
    const at::Tensor z = child(relu_)(child(bn2_)(child(conv2_)(y)));
    return add_to_shortcut(x, child(bn3_)(child(conv3_)(z)));
  }

 private:
  int conv1_, bn1_, conv2_, bn2_, conv3_, bn3_;
};

// A row of blocks; the first changes the channels and, from the second row on, halves the picture.
LayerPtr row(const Variant& variant, std::int64_t& in, std::int64_t planes, int blocks, std::int64_t stride) {
  const std::int64_t out = planes * (variant.bottleneck ? 4 : 1);
  const auto layers = std::make_shared<Sequential>();
  for (int i = 0; i < blocks; ++i, stride = 1) {
    LayerPtr downsample;
    if (stride != 1 || in != out)
      downsample = std::make_shared<Sequential>(std::vector<LayerPtr>{conv1x1(in, out, stride), norm(out)});
    LayerPtr block;
    if (variant.bottleneck) block = std::make_shared<Bottleneck>(in, planes, stride, downsample, variant);
    else block = std::make_shared<BasicBlock>(in, planes, stride, downsample);
    layers->append(block);
    in = out;
  }
  return layers;
}

LayerPtr resnet(const Variant& variant, std::int64_t outputs) {
  std::int64_t channels = 64;
  const auto& blocks = variant.blocks;
  const Conv2dOptions first{.kernel_size = 7, .stride = 2, .padding = 3, .bias = false};
  const NamedLayers layers{
      {"conv1", std::make_shared<Conv2d>(3, 64, first)},
      {"bn1", norm(64)},
      {"relu", std::make_shared<ReLU>()},
      {"maxpool", std::make_shared<MaxPool2d>(MaxPool2dOptions{.kernel_size = 3, .stride = 2, .padding = 1})},
      {"layer1", row(variant, channels, 64, blocks[0], 1)},
      {"layer2", row(variant, channels, 128, blocks[1], 2)},
      {"layer3", row(variant, channels, 256, blocks[2], 2)},
      {"layer4", row(variant, channels, 512, blocks[3], 2)},
      {"avgpool", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{1, 1})},
      {"", std::make_shared<Flatten>()},
      {"fc", std::make_shared<Linear>(channels, outputs)}};
  const auto network = std::make_shared<Chain>("ResNet", layers);
  for (const auto& [name, layer] : network->named_layers())
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get()))
      init::kaiming_normal_(conv->weight(), 0, init::Fan::out, "relu");
  return network;
}

}  // namespace

std::vector<Entry> resnet_entries() {
  const Variant variants[] = {{"resnet18", false, {2, 2, 2, 2}},
                              {"resnet34", false, {3, 4, 6, 3}},
                              {"resnet50", true, {3, 4, 6, 3}},
                              {"resnet101", true, {3, 4, 23, 3}},
                              {"resnet152", true, {3, 8, 36, 3}},
                              {"resnext50_32x4d", true, {3, 4, 6, 3}, 32, 4},
                              {"resnext101_32x8d", true, {3, 4, 23, 3}, 32, 8},
                              {"resnext101_64x4d", true, {3, 4, 23, 3}, 64, 4, 232},
                              {"wide_resnet50_2", true, {3, 4, 6, 3}, 1, 128},
                              {"wide_resnet101_2", true, {3, 4, 23, 3}, 1, 128}};
  std::vector<Entry> entries;
  for (const auto& variant : variants)
    entries.push_back({"torchvision/" + variant.name,
                       [variant](const ModelOptions& o) { return resnet(variant, o.outputs); },
                       Preprocessing{.resize = variant.resize}});
  return entries;
}

}  // namespace brain::models
