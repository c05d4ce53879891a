#include "models/mobilenet_v1.h"

#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/conv.h"
#include "nn/layers/dropout.h"
#include "nn/layers/init.h"
#include "nn/layers/linear.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain::models {

namespace {

using namespace nn;

LayerPtr convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, std::int64_t groups) {
  Conv2dOptions options{.kernel_size = kernel, .stride = stride, .padding = kernel / 2, .groups = groups};
  if (stride == 1) return std::make_shared<Conv2d>(in, out, options);
  options.padding = 0;
  return std::make_shared<Conv2dSame>(in, out, options);
}

LayerPtr mobilenet_v1(double width, std::int64_t outputs) {
  const auto wide = [&](int channels) { return static_cast<std::int64_t>(channels * width); };
  NamedLayers layers;
  const auto append = [&](const std::string& name, const LayerPtr& conv) {
    layers.push_back({name, conv});
    layers.push_back({name + "_relu", std::make_shared<ReLU6>()});
  };
  append("conv1", convolution(3, wide(32), 3, 2, 1));
  std::int64_t in = wide(32);
  constexpr struct {
    int out, stride;
  } rows[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
              {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  int number = 0;
  for (const auto& row : rows) {
    const std::string suffix = std::to_string(++number);
    append("conv_dw_" + suffix, convolution(in, in, 3, row.stride, in));
    append("conv_pw_" + suffix, convolution(in, wide(row.out), 1, 1, 1));
    in = wide(row.out);
  }
  layers.push_back({"global_pool", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{1, 1})});
  layers.push_back({"dropout", std::make_shared<Dropout>(0.001)});
  layers.push_back({"", std::make_shared<Flatten>()});
  layers.push_back({"conv_preds", std::make_shared<Linear>(in, outputs)});
  const auto network = std::make_shared<Chain>("MobileNetV1", layers);
  for (const auto& [name, layer] : network->named_layers())
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      init::kaiming_normal_(conv->weight(), 0, init::Fan::out);
      init::constant_(conv->bias(), 0);
    }
  return network;
}

}  // namespace

std::vector<Entry> mobilenet_v1_entries() {
  const struct {
    const char* name;
    double width;
    std::int64_t image;
  } variants[] = {{"0.25_128", 0.25, 128}, {"0.75_192", 0.75, 192}, {"1.0_224", 1, 224}};
  std::vector<Entry> entries;
  for (const auto& v : variants)
    entries.push_back({.name = std::string("coral/mobilenet_v1_") + v.name,
                       .build = [width = v.width](const ModelOptions& o) { return mobilenet_v1(width, o.outputs); },
                       .preprocessing = {.resize = (v.image * 8 + 3) / 7,
                                         .crop = v.image,
                                         .mean = {0.5, 0.5, 0.5},
                                         .std = {0.5, 0.5, 0.5}},
                       .outputs = 1001,  // the first is the background
                       .download = "git clone https://github.com/google-coral/test_data"});
  return entries;
}

}  // namespace brain::models
