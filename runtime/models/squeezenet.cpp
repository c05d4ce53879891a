#include "models/squeezenet.h"

#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/dropout.h"
#include "nn/layers/init.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain::models {

namespace {

using namespace nn;

LayerPtr conv1x1(std::int64_t in, std::int64_t out) {
  return std::make_shared<Conv2d>(in, out, Conv2dOptions{.kernel_size = 1});
}
LayerPtr relu() { return std::make_shared<ReLU>(); }
LayerPtr pool() {
  return std::make_shared<MaxPool2d>(MaxPool2dOptions{.kernel_size = 3, .stride = 2, .ceil_mode = true});
}

// Squeezes the channels, then expands them by a 1x1 and a 3x3 side by side, `expand` channels each.
class Fire : public Copyable<Fire> {
 public:
  Fire(std::int64_t in, std::int64_t squeeze, std::int64_t expand) {
    squeeze_ = add_child("squeeze", conv1x1(in, squeeze));
    squeeze_activation_ = add_child("squeeze_activation", relu());
    expand1x1_ = add_child("expand1x1", conv1x1(squeeze, expand));
    expand1x1_activation_ = add_child("expand1x1_activation", relu());
    const Conv2dOptions options{.kernel_size = 3, .padding = 1};
    expand3x3_ = add_child("expand3x3", std::make_shared<Conv2d>(squeeze, expand, options));
    expand3x3_activation_ = add_child("expand3x3_activation", relu());
  }
  std::string class_name() const override { return "Fire"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor y = child(squeeze_activation_)(child(squeeze_)(x));
    const at::Tensor small = child(expand1x1_activation_)(child(expand1x1_)(y));
    return at::cat({small, child(expand3x3_activation_)(child(expand3x3_)(y))}, -3);
  }

 private:
  int squeeze_, squeeze_activation_, expand1x1_, expand1x1_activation_, expand3x3_, expand3x3_activation_;
};

LayerPtr fire(std::int64_t in, std::int64_t squeeze, std::int64_t expand) {
  return std::make_shared<Fire>(in, squeeze, expand);
}

LayerPtr features_1_0() {
  return std::make_shared<Sequential>(std::vector<LayerPtr>{
      std::make_shared<Conv2d>(3, 96, Conv2dOptions{.kernel_size = 7, .stride = 2}), relu(), pool(),
      fire(96, 16, 64), fire(128, 16, 64), fire(128, 32, 128), pool(), fire(256, 32, 128), fire(256, 48, 192),
      fire(384, 48, 192), fire(384, 64, 256), pool(), fire(512, 64, 256)});
}

LayerPtr features_1_1() {
  return std::make_shared<Sequential>(std::vector<LayerPtr>{
      std::make_shared<Conv2d>(3, 64, Conv2dOptions{.kernel_size = 3, .stride = 2}), relu(), pool(),
      fire(64, 16, 64), fire(128, 16, 64), pool(), fire(128, 32, 128), fire(256, 32, 128), pool(),
      fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), fire(512, 64, 256)});
}

LayerPtr squeezenet(const LayerPtr& features, std::int64_t outputs, std::int64_t padding = 0) {
  const auto final_conv = std::make_shared<Conv2d>(512, outputs, Conv2dOptions{.kernel_size = 1, .padding = padding});
  const auto classifier = std::make_shared<Sequential>(
      std::vector<LayerPtr>{std::make_shared<Dropout>(0.5), final_conv, relu(),
                            std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{1, 1})});
  const NamedLayers layers{
      {"features", features}, {"classifier", classifier}, {"", std::make_shared<Flatten>()}};
  const auto network = std::make_shared<Chain>("SqueezeNet", layers);
  for (const auto& [name, layer] : network->named_layers()) {
    const auto* conv = dynamic_cast<const Conv2d*>(layer.get());
    if (!conv) continue;
    if (layer == final_conv) init::normal_(conv->weight(), 0, 0.01);
    else init::kaiming_uniform_(conv->weight());
    init::constant_(conv->bias(), 0);
  }
  return network;
}

}  // namespace

std::vector<Entry> squeezenet_entries() {
  constexpr double byte = 255;
  const Preprocessing caffe{.crop = 227,
                            .mean = {104 / byte, 117 / byte, 123 / byte},
                            .std = {1 / byte, 1 / byte, 1 / byte},
                            .colour = "bgr",
                            .squash = true};
  return {{"torchvision/squeezenet1_0",
           [](const ModelOptions& o) { return squeezenet(features_1_0(), o.outputs); }},
          {"torchvision/squeezenet1_1",
           [](const ModelOptions& o) { return squeezenet(features_1_1(), o.outputs); }},
          {.name = "songhan/squeezenet1_0",
           .build = [](const ModelOptions& o) { return squeezenet(features_1_0(), o.outputs, 1); },
           .preprocessing = caffe,
           .file = "squeezenet1_0_deepcomp_imagenet",
           .download = "git clone https://github.com/songhan/SqueezeNet-Deep-Compression"}};
}

}  // namespace brain::models
