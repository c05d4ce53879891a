#include "nn/encoding_head.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/error.h"
#include "nn/layers/container.h"
#include "nn/layers/linear.h"
#include "nn/taps.h"

namespace brain::nn {

namespace {

// The layer of a tap, without its #k.
Layer* tapped_layer(Layer& trunk, const std::string& tap) { return trunk.get(tap.substr(0, tap.rfind('#'))).get(); }

bool holds(Layer& layer, const Layer* wanted) {
  const auto inside = layer.named_layers();
  return std::any_of(inside.begin(), inside.end(), [&](const auto& entry) { return entry.second.get() == wanted; });
}

// Puts a network into evaluation and back into its mode.
class EvaluationGuard {
 public:
  explicit EvaluationGuard(Layer& network) : network_(network), training_(network.training()) { network.eval(); }
  ~EvaluationGuard() { network_.train(training_); }

 private:
  Layer& network_;
  bool training_;
};

}  // namespace

EncodingHead::EncodingHead(LayerPtr trunk, std::vector<std::string> taps, std::int64_t width, std::int64_t outputs,
                           const at::Tensor& example)
    : taps_(std::move(taps)) {
  if (taps_.empty()) fail("EncodingHead: taps: expected at least one layer name");
  if (width < 1 || outputs < 1) fail("EncodingHead: expected width and outputs of at least 1, found ", width, " and ", outputs);
  trunk_ = add_child("trunk", std::move(trunk));
  std::vector<at::Tensor> features;
  {
    const at::NoGradGuard no_grad;
    const EvaluationGuard evaluation(child(trunk_));
    features = read_taps([&] { child(trunk_).call({example}); }, false);
  }
  auto read_out = std::make_shared<ModuleList>();
  for (const at::Tensor& each : features) read_out->append(std::make_shared<Linear>(each.numel() / each.size(0), width));
  read_out_ = add_child("read_out", std::move(read_out));
  output_ = add_child("output", std::make_shared<Linear>(width * static_cast<std::int64_t>(taps_.size()), outputs));
}

std::string EncodingHead::description() const {
  std::string text = "taps=";
  for (const auto& tap : taps_) text += (&tap == &taps_.front() ? "" : " ") + tap;
  return text;
}

std::vector<at::Tensor> EncodingHead::read_taps(const std::function<void()>& body, bool stop_early) {
  Taps taps(child(trunk_), taps_);
  taps.run(body, stop_early);
  std::vector<at::Tensor> found;
  for (const auto& tap : taps_) {
    const auto& results = taps.results();
    const auto at = std::find_if(results.begin(), results.end(), [&](const auto& entry) { return entry.name == tap; });
    if (at == results.end()) fail("EncodingHead: tap '", tap, "': expected the name of one layer with one output");
    found.push_back(at->value);
  }
  return found;
}

Value EncodingHead::run_from(std::size_t stage, const at::Tensor& x, bool prediction_only) {
  Value trunk_output;
  const auto features = read_taps([&] {
    if (stage == 0) {
      trunk_output = child(trunk_).call({x});
      return;
    }
    const auto stages = child(trunk_).stages();
    at::Tensor y = x;
    for (std::size_t i = stage; i < stages.size(); ++i) y = (*stages[i])(y);
    trunk_output = y;
  }, prediction_only);
  std::vector<at::Tensor> reduced;
  for (std::size_t i = 0; i < features.size(); ++i) {
    Layer& linear = *child(read_out_).children()[i].layer;
    reduced.push_back(at::relu(linear(features[i].flatten(1))));
  }
  at::Tensor prediction = child(output_)(at::cat(reduced, 1));
  if (prediction_only) return prediction;
  return c10::ivalue::Tuple::create({std::move(trunk_output), std::move(prediction)});
}

Value EncodingHead::forward_values(const Values& inputs, std::string_view entry) {
  if (inputs.size() != 1 || !inputs[0].isTensor()) fail("EncodingHead: expected one Tensor, got ", inputs.size(), " values");
  if (entry != "forward" && entry != "predict") return Layer::forward_values(inputs, entry);
  return run_from(0, inputs[0].toTensor(), entry == "predict");
}

// What remains after the stages before the first tap.
class EncodingHead::Rest : public Copyable<EncodingHead::Rest> {
 public:
  Rest(std::shared_ptr<EncodingHead> head, std::size_t stage) : stage_(stage) { head_ = add_child("head", std::move(head)); }
  std::string class_name() const override { return "EncodingHead.rest"; }

 protected:
  Value forward_values(const Values& inputs, std::string_view) override {
    return static_cast<EncodingHead&>(child(head_)).run_from(stage_, inputs.at(0).toTensor(), false);
  }

 private:
  int head_;
  std::size_t stage_;
};

std::vector<LayerPtr> EncodingHead::stages() const {
  Layer& trunk = child(trunk_);
  auto parts = trunk.stages();
  std::size_t first = 0;
  const auto is_tapped = [&](Layer& stage) {
    return std::any_of(taps_.begin(), taps_.end(), [&](const auto& tap) { return holds(stage, tapped_layer(trunk, tap)); });
  };
  while (first < parts.size() && !is_tapped(*parts[first])) ++first;
  if (first == 0 || first == parts.size()) return {};
  parts.resize(first);
  auto self = std::const_pointer_cast<Layer>(shared_from_this());
  parts.push_back(std::make_shared<Rest>(std::static_pointer_cast<EncodingHead>(self), first));
  return parts;
}

}  // namespace brain::nn
