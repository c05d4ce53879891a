#include "nn/trace.h"

#include <ATen/core/grad_mode.h>

#include <map>

#include "core/hash.h"

namespace brain::nn {

namespace {

std::string content(const at::Tensor& value) {
  const at::Tensor flat = value.detach().to(at::kCPU, at::kFloat).contiguous();
  return sha256({static_cast<const char*>(flat.const_data_ptr()), static_cast<std::size_t>(flat.nbytes())});
}

class Trace {
 public:
  void take(Layer& layer, const std::string& name, const Value& output) {
    const int k = calls_[name]++;
    if (output.isTensor()) {
      add(layer, name, k, output.toTensor(), "");
    } else if (output.isTuple()) {
      const auto& elements = output.toTupleRef().elements();
      const std::string numbered = number(layer);
      for (std::size_t i = 0; i < elements.size(); ++i)
        if (elements[i].isTensor()) add(layer, name, k, elements[i].toTensor(), numbered + "-" + std::to_string(i + 1));
    }
  }

  std::vector<LayerCall> finish() {
    for (auto& call : found_)
      if (calls_[call.name] > 1) call.name += "#" + std::to_string(place_[&call - found_.data()]);
    return std::move(found_);
  }

 private:
  static bool is_container(Layer& layer) {
    return layer.class_name() == "Sequential" || layer.class_name() == "ModuleList";
  }

  std::string number(Layer& layer) const {
    std::size_t k = 1;
    for (const auto& call : found_) k += call.numbered.find(layer.class_name()) != std::string::npos;
    return layer.class_name() + "-" + std::to_string(k);
  }

  void add(Layer& layer, const std::string& name, int k, const at::Tensor& value, const std::string& numbered) {
    LayerCall call{name, layer.class_name(), "", value.sizes().vec(), layer.count_parameters(), ""};
    if (!is_container(layer)) {
      call.numbered = numbered.empty() ? number(layer) : numbered;
      const auto [first, is_new] = contents_.emplace(content(value), call.numbered);
      if (!is_new) call.duplicate_of = first->second;
    }
    found_.push_back(std::move(call));
    place_.push_back(k);
  }

  std::map<std::string, int> calls_;
  std::map<std::string, std::string> contents_;
  std::vector<LayerCall> found_;
  std::vector<int> place_;  // which call of its layer each entry is
};

}  // namespace

std::vector<LayerCall> trace_calls(Layer& network, const at::Tensor& x) {
  Trace trace;
  std::vector<std::pair<LayerPtr, int>> hooks;
  struct Remove {
    std::vector<std::pair<LayerPtr, int>>& hooks;
    ~Remove() {
      for (auto& [layer, number] : hooks) layer->remove_hook(number);
    }
  } remove{hooks};
  for (const auto& [name, layer] : network.named_layers())
    hooks.emplace_back(layer, layer->add_hook([&trace, name = name](Layer& self, const Values&, const Value& output) {
      trace.take(self, name, output);
      return std::optional<Value>();
    }));
  const at::NoGradGuard no_grad;
  network.call({x});
  return trace.finish();
}

}  // namespace brain::nn
