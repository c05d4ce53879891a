#include "models/vgg.h"

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

// Output channels of the convolutions between the five poolings.
using Stages = std::vector<std::vector<std::int64_t>>;

LayerPtr convolutions(const Stages& stages, bool batch_norm) {
  const auto features = std::make_shared<Sequential>();
  std::int64_t in = 3;
  for (const auto& stage : stages) {
    for (const auto out : stage) {
      features->append(std::make_shared<Conv2d>(in, out, Conv2dOptions{.kernel_size = 3, .padding = 1}));
      if (batch_norm) features->append(std::make_shared<BatchNorm2d>(out));
      features->append(std::make_shared<ReLU>());
      in = out;
    }
    features->append(std::make_shared<MaxPool2d>(MaxPool2dOptions{.kernel_size = 2, .stride = 2}));
  }
  return features;
}

void initialise(Layer& network) {
  for (const auto& [name, layer] : network.named_layers()) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      init::kaiming_normal_(conv->weight(), 0, init::Fan::out, "relu");
      init::constant_(conv->bias(), 0);
    } else if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      init::normal_(linear->weight(), 0, 0.01);
      init::constant_(linear->bias(), 0);
    }
  }
}

LayerPtr vgg(const Stages& stages, bool batch_norm, std::int64_t outputs) {
  const auto features = convolutions(stages, batch_norm);
  const auto classifier = std::make_shared<Sequential>(std::vector<LayerPtr>{
      std::make_shared<Linear>(512 * 7 * 7, 4096), std::make_shared<ReLU>(), std::make_shared<Dropout>(),
      std::make_shared<Linear>(4096, 4096), std::make_shared<ReLU>(), std::make_shared<Dropout>(),
      std::make_shared<Linear>(4096, outputs)});
  const NamedLayers layers{{"features", features},
                           {"avgpool", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{7, 7})},
                           {"", std::make_shared<Flatten>()},
                           {"classifier", classifier}};
  const auto network = std::make_shared<Chain>("VGG", layers);
  initialise(*network);
  return network;
}

}  // namespace

std::vector<Entry> vgg_entries() {
  const std::pair<std::string, Stages> variants[] = {
      {"vgg11", {{64}, {128}, {256, 256}, {512, 512}, {512, 512}}},
      {"vgg13", {{64, 64}, {128, 128}, {256, 256}, {512, 512}, {512, 512}}},
      {"vgg16", {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}}},
      {"vgg19", {{64, 64}, {128, 128}, {256, 256, 256, 256}, {512, 512, 512, 512}, {512, 512, 512, 512}}}};
  std::vector<Entry> entries;
  for (const auto& [name, stages] : variants)
    for (const bool batch_norm : {false, true})
      entries.push_back(
          {"torchvision/" + name + (batch_norm ? "_bn" : ""),
           [=, stages = stages](const ModelOptions& o) { return vgg(stages, batch_norm, o.outputs); }});
  return entries;
}

}  // namespace brain::models
