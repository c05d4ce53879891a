#include "models/cornet_recurrent.h"

#include "core/error.h"
#include "models/chain.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain::models {

namespace {

using namespace nn;

// One area. Inputs: what the area below gives, or none while nothing has arrived; the area's own state, or
// none. Output: the new activity twice, as output and as state.
class Area : public Copyable<Area> {
 public:
  Area(std::string class_name, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride)
      : class_name_(std::move(class_name)) {
    const Conv2dOptions input{.kernel_size = kernel, .stride = stride, .padding = kernel / 2};
    const Conv2dOptions lateral{.kernel_size = 3, .padding = 1, .bias = false};
    conv_input_ = add_child("conv_input", std::make_shared<Conv2d>(in, out, input));
    norm_input_ = add_child("norm_input", std::make_shared<GroupNorm>(32, out));
    nonlin_input_ = add_child("nonlin_input", std::make_shared<ReLU>());
    conv1_ = add_child("conv1", std::make_shared<Conv2d>(out, out, lateral));
    norm1_ = add_child("norm1", std::make_shared<GroupNorm>(32, out));
    nonlin1_ = add_child("nonlin1", std::make_shared<ReLU>());
    output_ = add_child("output", std::make_shared<Identity>());
  }
  std::string class_name() const override { return class_name_; }

 protected:
  Value forward_values(const Values& inputs, std::string_view) override {
    if (inputs.size() != 2) fail(class_name_, ": expected input and state, found ", inputs.size(), " values");
    at::Tensor x;
    if (inputs[0].isTensor())
      x = child(nonlin_input_)(child(norm_input_)(child(conv_input_)(inputs[0].toTensor())));
    if (inputs[1].isTensor()) x = x.defined() ? x + inputs[1].toTensor() : inputs[1].toTensor();
    if (!x.defined()) fail(class_name_, ": expected an input or a state, found neither");
    const at::Tensor y = child(output_)(child(nonlin1_)(child(norm1_)(child(conv1_)(x))));
    return c10::ivalue::Tuple::create({y, y});
  }

 private:
  std::string class_name_;
  int conv_input_, norm_input_, nonlin_input_, conv1_, norm1_, nonlin1_, output_;
};

class RecurrentCORnet : public Copyable<RecurrentCORnet> {
 public:
  RecurrentCORnet(std::string kind, std::int64_t outputs) : kind_(std::move(kind)) {
    const auto area = [&](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
      return std::make_shared<Area>("CORblock_" + kind_, in, out, kernel, stride);
    };
    add_child("V1", area(3, 64, 7, 4));
    add_child("V2", area(64, 128, 3, 2));
    add_child("V4", area(128, 256, 3, 2));
    add_child("IT", area(256, 512, 3, 2));
    const NamedLayers decoder{{"avgpool", std::make_shared<AdaptiveAvgPool2d>(1)},
                              {"flatten", std::make_shared<Flatten>()},
                              {"linear", std::make_shared<Linear>(512, outputs)}};
    decoder_ = add_child("decoder", std::make_shared<Sequential>(decoder));
  }
  std::string class_name() const override { return "CORnet_" + kind_; }

 protected:
  at::Tensor forward(const at::Tensor& image) override {
    std::array<at::Tensor, 4> outputs, states;
    const auto step = [&](int k, const Value& below, const Value& state) {
      const auto both = child(k).call({below, state}).toTuple();
      outputs[k] = both->elements()[0].toTensor();
      states[k] = both->elements()[1].toTensor();
    };
    step(0, image, {});
    // Nothing has arrived above V1: states of zeros, in the shape that the filtered input will have.
    for (int k = 1; k < 4; ++k) {
      const auto shape = outputs[k - 1].sizes();
      step(k, {},
           at::zeros({shape[0], 2 * shape[1], (shape[2] + 1) / 2, (shape[3] + 1) / 2}, image.options()));
    }
    for (int t = 1; t < times; ++t) {
      const auto before = outputs;
      for (int k = 0; k < 4; ++k)
        step(k, k == 0 ? image : (kind_ == "RT" ? before : outputs)[k - 1], states[k]);
    }
    return child(decoder_)(outputs[3]);
  }

 private:
  static constexpr int times = 5;
  std::string kind_;
  int decoder_;
};

}  // namespace

nn::LayerPtr cornet_r(const ModelOptions& options) {
  return std::make_shared<RecurrentCORnet>("R", options.outputs);
}
nn::LayerPtr cornet_rt(const ModelOptions& options) {
  return std::make_shared<RecurrentCORnet>("RT", options.outputs);
}

}  // namespace brain::models
