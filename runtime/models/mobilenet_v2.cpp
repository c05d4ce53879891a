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

LayerPtr conv_norm_relu6(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
                         std::int64_t groups = 1) {
  const Conv2dOptions options{
      .kernel_size = kernel, .stride = stride, .padding = kernel / 2, .groups = groups, .bias = false};
  const NamedLayers layers{{"0", std::make_shared<Conv2d>(in, out, options)},
                           {"1", std::make_shared<BatchNorm2d>(out)},
                           {"2", std::make_shared<ReLU6>()}};
  return std::make_shared<Chain>("Conv2dNormActivation", layers);
}

// Expands the channels, filters each by itself, projects; the input is added where the shapes agree.
class InvertedResidual : public Copyable<InvertedResidual> {
 public:
  InvertedResidual(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t expand)
      : shortcut_(stride == 1 && in == out) {
    const std::int64_t hidden = in * expand;
    const auto layers = std::make_shared<Sequential>();
    if (expand != 1) layers->append(conv_norm_relu6(in, hidden, 1));
    layers->append(conv_norm_relu6(hidden, hidden, 3, stride, hidden));
    layers->append(std::make_shared<Conv2d>(hidden, out, Conv2dOptions{.kernel_size = 1, .bias = false}));
    layers->append(std::make_shared<BatchNorm2d>(out));
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

LayerPtr mobilenet_v2(const ModelOptions& options) {
  constexpr struct {
    std::int64_t expand, out, blocks, stride;
  } rows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  const auto features = std::make_shared<Sequential>();
  features->append(conv_norm_relu6(3, 32, 3, 2));
  std::int64_t in = 32;
  for (const auto& row : rows)
    for (std::int64_t i = 0; i < row.blocks; ++i) {
      features->append(std::make_shared<InvertedResidual>(in, row.out, i == 0 ? row.stride : 1, row.expand));
      in = row.out;
    }
  features->append(conv_norm_relu6(in, 1280, 1));
  const auto classifier = std::make_shared<Sequential>(
      std::vector<LayerPtr>{std::make_shared<Dropout>(0.2), std::make_shared<Linear>(1280, options.outputs)});
  const NamedLayers layers{{"features", features},
                           {"", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{1, 1})},
                           {"", std::make_shared<Flatten>()},
                           {"classifier", classifier}};
  const auto network = std::make_shared<Chain>("MobileNetV2", layers);
  for (const auto& [name, layer] : network->named_layers()) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      init::kaiming_normal_(conv->weight(), 0, init::Fan::out);
    } else if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      init::normal_(linear->weight(), 0, 0.01);
      init::constant_(linear->bias(), 0);
    }
  }
  return network;
}

}  // namespace

std::vector<Entry> mobilenet_v2_entries() { return {{"torchvision/mobilenet_v2", mobilenet_v2}}; }

}  // namespace brain::models
