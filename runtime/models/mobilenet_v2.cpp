#include "models/mobilenet_v2.h"

#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/dropout.h"
#include "nn/layers/init.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain::models {

namespace {

using namespace nn;

// torchvision's layers, or those of TensorFlow's published networks: padding "SAME", each norm folded into the bias of
// its convolution.
enum class Origin { torchvision, tensorflow };

LayerPtr convolution(Origin origin, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
                     std::int64_t groups = 1) {
  Conv2dOptions options{.kernel_size = kernel, .stride = stride, .padding = kernel / 2, .groups = groups};
  options.bias = origin == Origin::tensorflow;
  if (origin == Origin::torchvision || stride == 1) return std::make_shared<Conv2d>(in, out, options);
  options.padding = 0;
  return std::make_shared<Conv2dSame>(in, out, options);
}

LayerPtr conv_norm_relu6(Origin origin, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
                         std::int64_t groups = 1) {
  const NamedLayers conv{{"0", convolution(origin, in, out, kernel, stride, groups)}};
  if (origin == Origin::tensorflow)
    return std::make_shared<Chain>("Conv2dActivation", NamedLayers{conv[0], {"1", std::make_shared<ReLU6>()}});
  return std::make_shared<Chain>(
      "Conv2dNormActivation",
      NamedLayers{conv[0], {"1", std::make_shared<BatchNorm2d>(out)}, {"2", std::make_shared<ReLU6>()}});
}

// Expands the channels, filters each by itself, projects; the input is added where the shapes agree.
class InvertedResidual : public Copyable<InvertedResidual> {
 public:
  InvertedResidual(Origin origin, std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t expand)
      : shortcut_(stride == 1 && in == out) {
    const std::int64_t hidden = in * expand;
    const auto layers = std::make_shared<Sequential>();
    if (expand != 1) layers->append(conv_norm_relu6(origin, in, hidden, 1));
    layers->append(conv_norm_relu6(origin, hidden, hidden, 3, stride, hidden));
    layers->append(convolution(origin, hidden, out, 1));
    if (origin == Origin::torchvision) layers->append(std::make_shared<BatchNorm2d>(out));
    conv_ = add_child("conv", layers);
  }
  std::string class_name() const override { return "InvertedResidual"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor y = child(conv_)(x);
    return shortcut_ ? x + y : y;
  }

 private:
  bool shortcut_;
  int conv_;
};

LayerPtr mobilenet_v2(Origin origin, std::int64_t outputs) {
  constexpr struct {
    std::int64_t expand, out, blocks, stride;
  } rows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  const auto features = std::make_shared<Sequential>();
  features->append(conv_norm_relu6(origin, 3, 32, 3, 2));
  std::int64_t in = 32;
  for (const auto& row : rows)
    for (std::int64_t i = 0; i < row.blocks; ++i) {
      const std::int64_t stride = i == 0 ? row.stride : 1;
      features->append(std::make_shared<InvertedResidual>(origin, in, row.out, stride, row.expand));
      in = row.out;
    }
  features->append(conv_norm_relu6(origin, in, 1280, 1));
  const auto classifier = std::make_shared<Sequential>(
      std::vector<LayerPtr>{std::make_shared<Dropout>(0.2), std::make_shared<Linear>(1280, outputs)});
  const NamedLayers layers{{"features", features},
                           {"", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{1, 1})},
                           {"", std::make_shared<Flatten>()},
                           {"classifier", classifier}};
  const auto network = std::make_shared<Chain>("MobileNetV2", layers);
  for (const auto& [name, layer] : network->named_layers()) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      init::kaiming_normal_(conv->weight(), 0, init::Fan::out);
      if (conv->bias().defined()) init::constant_(conv->bias(), 0);
    } else if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      init::normal_(linear->weight(), 0, 0.01);
      init::constant_(linear->bias(), 0);
    }
  }
  return network;
}

}  // namespace

std::vector<Entry> mobilenet_v2_entries() {
  const auto tensorflow = [](const ModelOptions& o) { return mobilenet_v2(Origin::tensorflow, o.outputs); };
  const Preprocessing half{.mean = {0.5, 0.5, 0.5}, .std = {0.5, 0.5, 0.5}};
  const std::string fetch = "git clone https://github.com/google-coral/test_data";
  return {{"torchvision/mobilenet_v2",
           [](const ModelOptions& o) { return mobilenet_v2(Origin::torchvision, o.outputs); }},
          {.name = "coral/mobilenet_v2_1.0_224",
           .build = tensorflow,
           .preprocessing = half,
           .outputs = 1001,  // the first is the background
           .file = "mobilenet_v2_1.0_224_imagenet",
           .download = fetch},
          {.name = "coral/mobilenet_v2_1.0_224_inat_bird",
           .build = tensorflow,
           .preprocessing = half,
           .outputs = 965,
           .download = fetch}};
}

}  // namespace brain::models
