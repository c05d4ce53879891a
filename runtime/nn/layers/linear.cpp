#include "nn/layers/linear.h"

#include "core/error.h"
#include "nn/layers/init.h"
#include "nn/layers/input.h"
#include "nn/layers/repr.h"

namespace brain::nn {

Linear::Linear(std::int64_t in_features, std::int64_t out_features, bool bias)
    : in_features_(in_features), out_features_(out_features) {
  if (in_features < 0 || out_features < 0)
    fail("Linear: expected sizes of at least 0, found ", in_features, " and ", out_features);
  const at::Tensor w = at::empty({out_features, in_features});
  const at::Tensor b = bias ? at::empty({out_features}) : at::Tensor();
  init::linear_(w, b);
  weight_ = add_parameter("weight", w);
  bias_ = add_parameter("bias", b);
}

Linear::Linear(at::Tensor weight, at::Tensor bias) {
  if (weight.dim() != 2) fail("Linear: expected weight [out, in], found ", weight.sizes());
  if (bias.defined() && (bias.dim() != 1 || bias.size(0) != weight.size(0)))
    fail("Linear: expected bias [", weight.size(0), "], found ", bias.sizes());
  out_features_ = weight.size(0);
  in_features_ = weight.size(1);
  weight_ = add_parameter("weight", std::move(weight));
  bias_ = add_parameter("bias", std::move(bias));
}

std::string Linear::description() const {
  return join_text("in_features=", in_features_, ", out_features=", out_features_, ", bias=", repr(bias().defined()));
}

at::Tensor Linear::forward(const at::Tensor& x) {
  if (x.dim() == 0 || x.size(-1) != in_features_) unexpected_input(*this, join_text("[..., ", in_features_, "]"), x);
  return at::linear(x, weight(), bias());
}

}  // namespace brain::nn
