#include "nn/layers/container.h"

#include "core/error.h"

namespace brain::nn {

Sequential::Sequential(const std::vector<LayerPtr>& layers) {
  for (const auto& layer : layers) append(layer);
}

Sequential::Sequential(const std::vector<std::pair<std::string, LayerPtr>>& named) {
  for (const auto& [name, layer] : named) append(name, layer);
}

void Sequential::append(LayerPtr layer) { append(std::to_string(size()), std::move(layer)); }

void Sequential::append(std::string name, LayerPtr layer) { add_child(std::move(name), std::move(layer)); }

std::vector<LayerPtr> Sequential::stages() const {
  std::vector<LayerPtr> all;
  for (const auto& item : children()) all.push_back(item.layer);
  return all;
}

at::Tensor Sequential::forward(const at::Tensor& x) {
  at::Tensor y = x;
  for (const auto& item : children()) y = (*item.layer)(y);
  return y;
}

ModuleList::ModuleList(const std::vector<LayerPtr>& layers) {
  for (const auto& layer : layers) append(layer);
}

void ModuleList::append(LayerPtr layer) { add_child(std::to_string(size()), std::move(layer)); }

at::Tensor ModuleList::forward(const at::Tensor&) { fail("ModuleList: only holds layers, call one of them"); }

}  // namespace brain::nn
