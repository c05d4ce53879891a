#include "nn/layers/fold.h"

#include <ATen/core/grad_mode.h>

#include <unordered_map>

#include "core/error.h"
#include "nn/layers/conv.h"
#include "nn/layers/norm.h"
#include "nn/taps.h"

namespace brain::nn {

namespace {

// The factor and the offset of a norm in evaluation, in float64: [channels].
std::pair<at::Tensor, at::Tensor> factor_and_offset(const ChannelNorm& norm) {
  const at::Tensor mean = norm.buffers()[0].value.to(at::kDouble);
  at::Tensor factor = (norm.buffers()[1].value.to(at::kDouble) + norm.options().eps).rsqrt();
  const at::Tensor &weight = norm.parameters()[0].value, &bias = norm.parameters()[1].value;
  if (weight.defined()) factor = factor * weight.to(at::kDouble);
  at::Tensor offset = -mean * factor;
  if (bias.defined()) offset = offset + bias.to(at::kDouble);
  return {factor, offset};
}

bool looked_at(const Layer& layer) { return layer.has_hooks() || (Taps::active() && Taps::want(layer)); }

}  // namespace

std::vector<Fold::Part::Seen> Fold::Part::values_of(const Layer& layer) {
  std::vector<Seen> values;
  const auto add = [&](const at::Tensor& t) {
    if (t.defined()) values.push_back({t.const_data_ptr(), t.is_inference() ? 0 : t._version()});
  };
  for (const auto& parameter : layer.parameters()) add(parameter.value);
  for (const auto& buffer : layer.buffers()) add(buffer.value);
  return values;
}

bool Fold::Part::unchanged() const {
  const LayerPtr home = owner.lock(), here = layer.lock();
  if (!home || !here || here->training() || looked_at(*here)) return false;
  bool in_place = false;
  for (const auto& child : home->children()) in_place = in_place || (child.name == name && child.layer == here);
  return in_place && values_of(*here) == values;
}

Fold::Part Fold::part(const Place& place) {
  return {place.owner, place.layer, place.name, Part::values_of(*place.layer)};
}

Fold::Fold(const Place& convolution, const Place& norm) : convolution_(part(convolution)), norm_(part(norm)) {
  const at::NoGradGuard no_grad;
  const at::Tensor &weight = convolution.layer->parameters()[0].value, &bias = convolution.layer->parameters()[1].value;
  const auto [factor, offset] = factor_and_offset(dynamic_cast<const ChannelNorm&>(*norm.layer));
  std::vector<std::int64_t> per_output(static_cast<std::size_t>(weight.dim()), 1);
  per_output[0] = -1;
  weight_ = (weight.to(at::kDouble) * factor.view(per_output)).to(weight.scalar_type());
  if (weight.dim() == 4) weight_ = weight_.contiguous(weight.suggest_memory_format());
  bias_ = (bias.defined() ? offset + factor * bias.to(at::kDouble) : offset).to(weight.scalar_type());
}

bool Fold::active() const { return convolution_.unchanged() && norm_.unchanged(); }

namespace {

bool is_convolution(const Layer& layer) {
  return dynamic_cast<const Convolution<1>*>(&layer) || dynamic_cast<const Convolution<2>*>(&layer) ||
         dynamic_cast<const Convolution<3>*>(&layer);
}

bool is_folding_norm(const Layer& layer) {
  const auto* norm = dynamic_cast<const ChannelNorm*>(&layer);
  return norm && dynamic_cast<const Foldable*>(&layer) && norm->buffers()[0].value.defined();
}

// What each layer took and gave in one run.
struct Calls {
  struct Call {
    std::vector<at::Tensor> inputs;
    at::Tensor output;
  };
  std::unordered_map<const Layer*, std::vector<Call>> of;
  std::unordered_map<const void*, int> readers;  // how many layers took a tensor
  Value result;
};

Calls run_and_record(Layer& network, const at::Tensor& example) {
  Calls calls;
  std::vector<std::pair<Layer*, int>> hooks;
  for (const auto& [name, layer] : network.named_layers()) {
    const auto record = [&calls](Layer& self, const Values& inputs, const Value& output) -> std::optional<Value> {
      Calls::Call call;
      for (const auto& input : inputs) {
        if (!input.isTensor()) continue;
        call.inputs.push_back(input.toTensor());
        ++calls.readers[input.toTensor().unsafeGetTensorImpl()];
      }
      if (output.isTensor()) call.output = output.toTensor();
      calls.of[&self].push_back(std::move(call));
      return std::nullopt;
    };
    hooks.emplace_back(layer.get(), layer->add_hook(record));
  }
  try {
    calls.result = network.call({example});
  } catch (...) {
    for (const auto& [layer, number] : hooks) layer->remove_hook(number);
    throw;
  }
  for (const auto& [layer, number] : hooks) layer->remove_hook(number);
  return calls;
}

// Every layer once with its owner, in order.
std::vector<Fold::Place> places(Layer& network) {
  std::vector<Fold::Place> all;
  for (const auto& [name, owner] : network.named_layers())
    for (const auto& child : owner->children()) all.push_back({owner, child.name, child.layer});
  return all;
}

// Whether two runs gave the same up to rounding.
bool agree(const Value& a, const Value& b) {
  if (a.isTuple() && b.isTuple()) {
    const auto &left = a.toTupleRef().elements(), &right = b.toTupleRef().elements();
    for (std::size_t i = 0; i < left.size(); ++i)
      if (!agree(left[i], right[i])) return false;
    return true;
  }
  if (!a.isTensor() || !a.toTensor().is_floating_point()) return true;
  const double rounding = a.toTensor().element_size() < 4 ? 0.05 : 1e-4;
  const at::Tensor left = a.toTensor().to(at::kDouble), right = b.toTensor().to(at::kDouble);
  return (left - right).norm().item<double>() <= rounding * left.norm().item<double>();
}

}  // namespace

LayerPtr optimize_for_evaluation(Layer& network, const at::Tensor& example) {
  const char* name = "optimize_for_evaluation";
  if (network.training()) fail(name, ": expected a network in evaluation, found one in training: call eval first");
  for (const auto& [path, layer] : network.named_layers())
    if (layer->has_hooks()) fail(name, ": '", path, "' has a hook, which a copy does not have");
  const at::NoGradGuard no_grad;
  const LayerPtr copy = network.clone();
  for (const auto& parameter : copy->named_parameters()) at::Tensor(parameter.value).set_requires_grad(false);
  if (example.device().is_cpu()) copy->to(std::nullopt, std::nullopt, at::MemoryFormat::ChannelsLast);
  const Calls calls = run_and_record(*copy, example);
  const auto all = places(*copy);
  std::unordered_map<const void*, const Fold::Place*> made_by;  // the outputs of convolutions called once
  for (const auto& place : all) {
    const auto seen = calls.of.find(place.layer.get());
    if (!is_convolution(*place.layer) || seen == calls.of.end() || seen->second.size() != 1) continue;
    made_by[seen->second[0].output.unsafeGetTensorImpl()] = &place;
  }
  for (const auto& place : all) {
    const auto seen = calls.of.find(place.layer.get());
    if (!is_folding_norm(*place.layer) || seen == calls.of.end() || seen->second.size() != 1) continue;
    const auto* input = seen->second[0].inputs.at(0).unsafeGetTensorImpl();
    const auto source = made_by.find(input);
    if (source == made_by.end() || calls.readers.at(input) != 1) continue;
    const auto fold = std::make_shared<const Fold>(*source->second, place);
    dynamic_cast<Foldable&>(*source->second->layer).set_fold(fold);
    dynamic_cast<Foldable&>(*place.layer).set_fold(fold);
  }
  if (!agree(calls.result, copy->call({example})))  // a convolution's output is read outside of layers too
    for (const auto& place : all)
      if (auto* part = dynamic_cast<Foldable*>(place.layer.get())) part->set_fold(nullptr);
  return copy;
}

}  // namespace brain::nn
