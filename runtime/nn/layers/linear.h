#pragma once
#include "nn/layer.h"

namespace brain::nn {

// y = x W' + b along the last axis: [..., in] -> [..., out].
class Linear : public Copyable<Linear> {
 public:
  Linear(std::int64_t in_features, std::int64_t out_features, bool bias = true);
  // Over tensors made elsewhere: weight [out, in], bias [out] or undefined.
  Linear(at::Tensor weight, at::Tensor bias);
  std::string class_name() const override { return "Linear"; }
  std::string description() const override;

  std::int64_t in_features() const { return in_features_; }
  std::int64_t out_features() const { return out_features_; }
  const at::Tensor& weight() const { return parameter(weight_); }  // [out, in]
  const at::Tensor& bias() const { return parameter(bias_); }      // [out], or undefined

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::int64_t in_features_, out_features_;
  int weight_, bias_;
};

}  // namespace brain::nn
