#include "models/chain.h"

namespace brain::models {

Chain::Chain(std::string class_name, const NamedLayers& steps) : class_name_(std::move(class_name)) {
  for (const auto& [name, layer] : steps) {
    if (name.empty()) steps_.push_back({-1, layer});
    else steps_.push_back({add_child(name, layer), nullptr});
  }
}

std::vector<nn::LayerPtr> Chain::stages() const {
  std::vector<nn::LayerPtr> all;
  for (const auto& step : steps_) all.push_back(layer(step).shared_from_this());
  return all;
}

at::Tensor Chain::forward(const at::Tensor& x) {
  at::Tensor y = x;
  for (const auto& step : steps_) y = layer(step)(y);
  return y;
}

}  // namespace brain::models
