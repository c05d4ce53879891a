#include "models/alexnet.h"

#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/dropout.h"
#include "nn/layers/linear.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain::models {

namespace {

using namespace nn;

LayerPtr conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
              std::int64_t padding) {
  return std::make_shared<Conv2d>(in, out,
                                  Conv2dOptions{.kernel_size = kernel, .stride = stride, .padding = padding});
}
LayerPtr relu() { return std::make_shared<ReLU>(); }
LayerPtr pool() { return std::make_shared<MaxPool2d>(MaxPool2dOptions{.kernel_size = 3, .stride = 2}); }

LayerPtr alexnet(const ModelOptions& options) {
  const auto features = std::make_shared<Sequential>(std::vector<LayerPtr>{
      conv(3, 64, 11, 4, 2), relu(), pool(), conv(64, 192, 5, 1, 2), relu(), pool(), conv(192, 384, 3, 1, 1),
      relu(), conv(384, 256, 3, 1, 1), relu(), conv(256, 256, 3, 1, 1), relu(), pool()});
  const auto classifier = std::make_shared<Sequential>(
      std::vector<LayerPtr>{std::make_shared<Dropout>(), std::make_shared<Linear>(256 * 6 * 6, 4096), relu(),
                            std::make_shared<Dropout>(), std::make_shared<Linear>(4096, 4096), relu(),
                            std::make_shared<Linear>(4096, options.outputs)});
  const NamedLayers layers{{"features", features},
                           {"avgpool", std::make_shared<AdaptiveAvgPool2d>(PerAxis<2>{6, 6})},
                           {"", std::make_shared<Flatten>()},
                           {"classifier", classifier}};
  return std::make_shared<Chain>("AlexNet", layers);
}

}  // namespace

std::vector<Entry> alexnet_entries() { return {{"torchvision/alexnet", alexnet}}; }

}  // namespace brain::models
