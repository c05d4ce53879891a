#pragma once
#include "nn/layer.h"

namespace brain::models {

using NamedLayers = std::vector<std::pair<std::string, nn::LayerPtr>>;

// Layers one after another under the class name they have in their source library. A step without a name runs
// but is no child: the source calls a plain function there (a flatten), which has neither parameters nor a
// name to tap.
class Chain : public nn::Copyable<Chain> {
 public:
  Chain(std::string class_name, const NamedLayers& steps);
  std::string class_name() const override { return class_name_; }
  std::vector<nn::LayerPtr> stages() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  struct Step {
    int slot;               // of a child, or -1
    nn::LayerPtr function;  // of a step without a name; stateless, so that copies may share it
  };
  nn::Layer& layer(const Step& step) const { return step.slot < 0 ? *step.function : child(step.slot); }

  std::string class_name_;
  std::vector<Step> steps_;
};

}  // namespace brain::models
