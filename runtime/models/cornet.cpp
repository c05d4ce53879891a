#include "models/cornet.h"

#include <algorithm>
#include <cmath>

#include "models/chain.h"
#include "models/cornet_recurrent.h"
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

LayerPtr conv1x1(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return std::make_shared<Conv2d>(in, out, Conv2dOptions{.kernel_size = 1, .stride = stride, .bias = false});
}

LayerPtr pool() {
  return std::make_shared<MaxPool2d>(MaxPool2dOptions{.kernel_size = 3, .stride = 2, .padding = 1});
}

// A convolution whose stride changes from call to call: a second input replaces the one it was made with.
class StridedConv2d : public Copyable<StridedConv2d, Conv2d> {
 public:
  using Copyable::Copyable;

 protected:
  Value forward_values(const Values& inputs, std::string_view entry) override {
    if (inputs.size() != 2) return Conv2d::forward_values(inputs, entry);
    const std::int64_t stride = inputs[1].toInt();
    return at::conv2d(inputs[0].toTensor(), weight(), bias(), {stride, stride}, options().padding.amount);
  }
};

// CORnet-S's area: a bottleneck run `times` times over its own output. Weights are shared over time, norms
// are not; the first step halves the picture.
class CORblock_S : public Copyable<CORblock_S> {
 public:
  CORblock_S(std::int64_t in, std::int64_t out, int times) {
    const std::int64_t wide = 4 * out;
    conv_input_ = add_child("conv_input", conv1x1(in, out));
    skip_ = add_child("skip", conv1x1(out, out, 2));
    norm_skip_ = add_child("norm_skip", std::make_shared<BatchNorm2d>(out));
    conv1_ = add_child("conv1", conv1x1(out, wide));
    nonlin1_ = add_child("nonlin1", std::make_shared<ReLU>());
    const Conv2dOptions options{.kernel_size = 3, .stride = 2, .padding = 1, .bias = false};
    conv2_ = add_child("conv2", std::make_shared<StridedConv2d>(wide, wide, options));
    nonlin2_ = add_child("nonlin2", std::make_shared<ReLU>());
    conv3_ = add_child("conv3", conv1x1(wide, out));
    nonlin3_ = add_child("nonlin3", std::make_shared<ReLU>());
    output_ = add_child("output", std::make_shared<Identity>());
    for (int t = 0; t < times; ++t) {
      const std::string step = std::to_string(t);
      norms_.push_back({add_child("norm1_" + step, std::make_shared<BatchNorm2d>(wide)),
                        add_child("norm2_" + step, std::make_shared<BatchNorm2d>(wide)),
                        add_child("norm3_" + step, std::make_shared<BatchNorm2d>(out))});
    }
  }
  std::string class_name() const override { return "CORblock_S"; }

 protected:
  at::Tensor forward(const at::Tensor& input) override {
    at::Tensor x = child(conv_input_)(input);
    for (std::size_t t = 0; t < norms_.size(); ++t) {
      const at::Tensor skip = t == 0 ? child(norm_skip_)(child(skip_)(x)) : x;
      x = child(nonlin1_)(child(norms_[t][0])(child(conv1_)(x)));
      x = child(conv2_).call({x, t == 0 ? 2 : 1}).toTensor();
      x = child(nonlin2_)(child(norms_[t][1])(x));
      x = child(norms_[t][2])(child(conv3_)(x)) + skip;
      x = child(output_)(child(nonlin3_)(x));
    }
    return x;
  }

 private:
  int conv_input_, skip_, norm_skip_, conv1_, nonlin1_, conv2_, nonlin2_, conv3_, nonlin3_, output_;
  std::vector<std::array<int, 3>> norms_;
};

LayerPtr decoder(std::int64_t outputs, std::int64_t features = 512) {
  const NamedLayers layers{{"avgpool", std::make_shared<AdaptiveAvgPool2d>(1)},
                           {"flatten", std::make_shared<Flatten>()},
                           {"linear", std::make_shared<Linear>(features, outputs)},
                           {"output", std::make_shared<Identity>()}};
  return std::make_shared<Sequential>(layers);
}

// The source leaves the linear layer as it is constructed.
void initialise_s(Layer& network) {
  for (const auto& [name, layer] : network.named_layers())
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      const auto& kernel = conv->options().kernel_size;
      const auto fan_out = static_cast<double>(kernel[0] * kernel[1] * conv->out_channels());
      init::normal_(conv->weight(), 0, std::sqrt(2 / fan_out));
    }
}

LayerPtr cornet_s(const ModelOptions& options) {
  const auto channels = [&](std::int64_t published) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(published) * options.width));
  };
  const std::int64_t c1 = channels(64), c2 = channels(128), c3 = channels(256), c4 = channels(512);
  const Conv2dOptions first{.kernel_size = 7, .stride = 2, .padding = 3, .bias = false};
  const Conv2dOptions second{.kernel_size = 3, .padding = 1, .bias = false};
  const NamedLayers v1{{"conv1", std::make_shared<Conv2d>(3, c1, first)},
                       {"norm1", std::make_shared<BatchNorm2d>(c1)},
                       {"nonlin1", std::make_shared<ReLU>()},
                       {"pool", pool()},
                       {"conv2", std::make_shared<Conv2d>(c1, c1, second)},
                       {"norm2", std::make_shared<BatchNorm2d>(c1)},
                       {"nonlin2", std::make_shared<ReLU>()},
                       {"output", std::make_shared<Identity>()}};
  const NamedLayers areas{{"V1", std::make_shared<Sequential>(v1)},
                          {"V2", std::make_shared<CORblock_S>(c1, c2, 2)},
                          {"V4", std::make_shared<CORblock_S>(c2, c3, 4)},
                          {"IT", std::make_shared<CORblock_S>(c3, c4, 2)},
                          {"decoder", decoder(options.outputs, c4)}};
  const auto network = std::make_shared<Sequential>(areas);
  initialise_s(*network);
  return network;
}

// CORnet-Z's area: convolution, ReLU, pooling.
LayerPtr block_z(std::int64_t in, std::int64_t out, std::int64_t kernel = 3, std::int64_t stride = 1) {
  const Conv2dOptions options{.kernel_size = kernel, .stride = stride, .padding = kernel / 2};
  const NamedLayers layers{{"conv", std::make_shared<Conv2d>(in, out, options)},
                           {"nonlin", std::make_shared<ReLU>()},
                           {"pool", pool()},
                           {"output", std::make_shared<Identity>()}};
  return std::make_shared<Chain>("CORblock_Z", layers);
}

LayerPtr cornet_z(const ModelOptions& options) {
  const NamedLayers areas{{"V1", block_z(3, 64, 7, 2)},
                          {"V2", block_z(64, 128)},
                          {"V4", block_z(128, 256)},
                          {"IT", block_z(256, 512)},
                          {"decoder", decoder(options.outputs)}};
  const auto network = std::make_shared<Sequential>(areas);
  for (const auto& [name, layer] : network->named_layers()) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      init::xavier_uniform_(conv->weight());
      init::constant_(conv->bias(), 0);
    } else if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      init::xavier_uniform_(linear->weight());
      init::constant_(linear->bias(), 0);
    }
  }
  return network;
}

}  // namespace

std::vector<Entry> cornet_entries() {
  return {{.name = "cornet/cornet_s", .build = cornet_s, .aliases = {"CORnet-S"}, .narrows = true},
          {"cornet/cornet_z", cornet_z, {}, {"CORnet-Z"}},
          {"cornet/cornet_r", cornet_r, {}, {"CORnet-R"}},
          {"cornet/cornet_rt", cornet_rt, {}, {"CORnet-RT"}}};
}

}  // namespace brain::models
