#include "nn/layers/norm.h"

#include <ATen/Context.h>

#include "core/error.h"
#include "nn/layers/input.h"
#include "nn/layers/repr.h"

namespace brain::nn {

ChannelNorm::ChannelNorm(std::int64_t num_features, BatchNormOptions options)
    : num_features_(num_features), options_(options) {
  if (num_features < 0) fail("norm: expected a channel count of at least 0, found ", num_features);
  weight_ = add_parameter("weight", options.affine ? at::ones({num_features}) : at::Tensor());
  bias_ = add_parameter("bias", options.affine && options.bias ? at::zeros({num_features}) : at::Tensor());
  const bool track = options.track_running_stats;
  running_mean_ = add_buffer("running_mean", track ? at::zeros({num_features}) : at::Tensor());
  running_var_ = add_buffer("running_var", track ? at::ones({num_features}) : at::Tensor());
  num_batches_tracked_ = add_buffer("num_batches_tracked", track ? at::zeros({}, at::kLong) : at::Tensor());
}

std::string ChannelNorm::description() const {
  return join_text(num_features_, ", eps=", repr(options_.eps), ", momentum=", repr(options_.momentum),
                   ", affine=", repr(options_.affine), ", bias=", repr(parameter(bias_).defined()),
                   ", track_running_stats=", repr(options_.track_running_stats));
}

int set_batch_norm_momentum(Layer& network, std::optional<double> momentum) {
  if (momentum && !(*momentum >= 0 && *momentum <= 1))
    fail("set_batch_norm_momentum: expected a momentum from 0 to 1, found ", *momentum);
  int changed = 0;
  for (const auto& [name, layer] : network.named_layers())
    if (auto* norm = dynamic_cast<ChannelNorm*>(layer.get())) {
      norm->set_momentum(momentum);
      ++changed;
    }
  return changed;
}

template <std::size_t Axes>
at::Tensor BatchNorm<Axes>::forward(const at::Tensor& x) {
  if (!(Axes == 1 && x.dim() == 2 && x.size(1) == num_features_)) check_image(*this, x, num_features_, Axes, false);
  if (training() && x.numel() == num_features_)
    fail(class_name(), ": training needs more than one value per channel, found ", x.sizes());
  if (active_fold()) return x;  // the convolution before has done it
  const at::Tensor &mean = buffer(running_mean_), &variance = buffer(running_var_);
  const bool update = training() && mean.defined();
  double momentum = options_.momentum.value_or(0);
  if (update) {
    const at::Tensor& batches = buffer(num_batches_tracked_);
    batches.add_(1);
    if (!options_.momentum) momentum = 1 / batches.template item<double>();
  }
  return at::batch_norm(x, parameter(weight_), parameter(bias_), mean, variance, training() || !mean.defined(), momentum,
                        options_.eps, at::globalContext().userEnabledCuDNN());
}

template class BatchNorm<1>;
template class BatchNorm<2>;
template class BatchNorm<3>;

at::Tensor InstanceNorm2d::forward(const at::Tensor& x) {
  check_image(*this, x, parameter(weight_).defined() ? num_features_ : -1, 2, true);
  const bool batched = x.dim() == 4;
  const bool by_input = training() || !options_.track_running_stats;
  const at::Tensor y = at::instance_norm(
      batched ? x : x.unsqueeze(0), parameter(weight_), parameter(bias_), buffer(running_mean_), buffer(running_var_),
      by_input, options_.momentum.value_or(0), options_.eps, at::globalContext().userEnabledCuDNN());
  return batched ? y : y.squeeze(0);
}

namespace {

// The last axes of x must have this shape.
void check_last_axes(const Layer& layer, const at::Tensor& x, at::IntArrayRef shape) {
  const std::size_t axes = x.sizes().size();
  if (axes >= shape.size() && x.sizes().slice(axes - shape.size()) == shape) return;
  std::string expected = "[...";
  for (const auto size : shape) expected += ", " + std::to_string(size);
  unexpected_input(layer, expected + "]", x);
}

}  // namespace

LayerNorm::LayerNorm(std::vector<std::int64_t> normalized_shape, LayerNormOptions options)
    : shape_(std::move(normalized_shape)), options_(options) {
  weight_ = add_parameter("weight", options.elementwise_affine ? at::ones(shape_) : at::Tensor());
  bias_ = add_parameter("bias", options.elementwise_affine && options.bias ? at::zeros(shape_) : at::Tensor());
}

std::string LayerNorm::description() const {
  return join_text(repr(at::IntArrayRef(shape_)), ", eps=", repr(options_.eps), ", elementwise_affine=",
                   repr(options_.elementwise_affine), ", bias=", repr(parameter(bias_).defined()));
}

at::Tensor LayerNorm::forward(const at::Tensor& x) {
  check_last_axes(*this, x, shape_);
  return at::layer_norm(x, shape_, parameter(weight_), parameter(bias_), options_.eps,
                        at::globalContext().userEnabledCuDNN());
}

GroupNorm::GroupNorm(std::int64_t num_groups, std::int64_t num_channels, GroupNormOptions options)
    : num_groups_(num_groups), num_channels_(num_channels), options_(options) {
  if (num_groups < 1 || num_channels % num_groups != 0)
    fail("GroupNorm: expected groups that divide ", num_channels, " channels, found ", num_groups);
  weight_ = add_parameter("weight", options.affine ? at::ones({num_channels}) : at::Tensor());
  bias_ = add_parameter("bias", options.affine && options.bias ? at::zeros({num_channels}) : at::Tensor());
}

std::string GroupNorm::description() const {
  return join_text(num_groups_, ", ", num_channels_, ", eps=", repr(options_.eps), ", affine=", repr(options_.affine),
                   ", bias=", repr(parameter(bias_).defined()));
}

at::Tensor GroupNorm::forward(const at::Tensor& x) {
  if (x.dim() < 2 || x.size(1) != num_channels_) unexpected_input(*this, join_text("[N, ", num_channels_, ", ...]"), x);
  return at::group_norm(x, num_groups_, parameter(weight_), parameter(bias_), options_.eps,
                        at::globalContext().userEnabledCuDNN());
}

RMSNorm::RMSNorm(std::vector<std::int64_t> normalized_shape, RMSNormOptions options)
    : shape_(std::move(normalized_shape)), options_(options) {
  weight_ = add_parameter("weight", options.elementwise_affine ? at::ones(shape_) : at::Tensor());
}

std::string RMSNorm::description() const {
  return join_text(repr(at::IntArrayRef(shape_)), ", eps=", repr(options_.eps), ", elementwise_affine=",
                   repr(options_.elementwise_affine));
}

at::Tensor RMSNorm::forward(const at::Tensor& x) {
  check_last_axes(*this, x, shape_);
  const at::Tensor& weight = parameter(weight_);
  return at::rms_norm(x, shape_, weight.defined() ? std::optional(weight) : std::nullopt, options_.eps);
}

}  // namespace brain::nn
