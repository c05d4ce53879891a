#pragma once
// Layers that hold layers.
#include "nn/layer.h"

namespace brain::nn {

// Its children one after another, named "0", "1", ... or as given.
class Sequential : public Copyable<Sequential> {
 public:
  Sequential() = default;
  explicit Sequential(const std::vector<LayerPtr>& layers);
  explicit Sequential(const std::vector<std::pair<std::string, LayerPtr>>& named);
  std::string class_name() const override { return "Sequential"; }
  std::vector<LayerPtr> stages() const override;

  void append(LayerPtr layer);  // named by its position
  void append(std::string name, LayerPtr layer);
  std::size_t size() const { return children().size(); }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

// Children named "0", "1", ... that their owner calls as it likes.
class ModuleList : public Copyable<ModuleList> {
 public:
  ModuleList() = default;
  explicit ModuleList(const std::vector<LayerPtr>& layers);
  std::string class_name() const override { return "ModuleList"; }

  void append(LayerPtr layer);
  std::size_t size() const { return children().size(); }
  Layer& operator[](std::size_t i) const { return child(static_cast<int>(i)); }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

}  // namespace brain::nn
