#pragma once
// In evaluation a BatchNorm is one factor and one offset per channel, which the convolution before it can take over:
// conv(x) f + o = conv'(x) with weight f w and bias f b + o.
#include <memory>
#include <string>
#include <vector>

#include "nn/layer.h"

namespace brain::nn {

// A convolution and the norm that follows it.
class Fold {
 public:
  struct Place {
    LayerPtr owner;
    std::string name;
    LayerPtr layer;
  };
  Fold(const Place& convolution, const Place& norm);

  // Whether the convolution does the norm's work in this run: both are in evaluation, where they were, with the values
  // they had, and nobody looks at either (no tap, no hook).
  bool active() const;
  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }

 private:
  struct Part {
    std::weak_ptr<Layer> owner, layer;
    std::string name;
    struct Seen {
      const void* data;
      std::uint32_t version;
      bool operator==(const Seen&) const = default;
    };
    std::vector<Seen> values;
    static std::vector<Seen> values_of(const Layer& layer);
    bool unchanged() const;
  };
  static Part part(const Place& place);

  Part convolution_, norm_;
  at::Tensor weight_, bias_;
};

// A layer's part in a fold; a copy of the layer has none.
class Foldable {
 public:
  Foldable() = default;
  Foldable(const Foldable&) {}
  Foldable& operator=(const Foldable&) { return *this; }
  void set_fold(std::shared_ptr<const Fold> fold) { fold_ = std::move(fold); }

 protected:
  ~Foldable() = default;
  const Fold* active_fold() const { return fold_ && fold_->active() ? fold_.get() : nullptr; }

 private:
  std::shared_ptr<const Fold> fold_;
};

// A copy of a network for evaluation alone: parameters do not require gradients, every BatchNorm that takes nothing but
// the output of one convolution (seen in a run of `example`) is folded into it, and on the CPU four-dimensional weights
// lie channels-last. Names and the state dict stay as they are. Where a convolution or norm has a tap or hook that pair
// runs unfolded, so what is read there is right; only such a layer called by itself gives what the pair does. The copy runs
// `example` once more: where that differs by more than rounding (1e-4 in relative L2) nothing is folded.
// Refused for a network in training mode or with hooks, which a copy does not have.
LayerPtr optimize_for_evaluation(Layer& network, const at::Tensor& example);

}  // namespace brain::nn
