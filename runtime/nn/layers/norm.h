#pragma once
// Normalisations: over the batch, over channels, over groups, over each image.
#include <optional>

#include "nn/layer.h"
#include "nn/layers/fold.h"

namespace brain::nn {

struct BatchNormOptions {
  double eps = 1e-5;
  std::optional<double> momentum = 0.1;  // none: the running figures are plain averages over batches
  bool affine = true;
  bool track_running_stats = true;
  bool bias = true;  // of affine
};

// What BatchNorm and InstanceNorm share: weight, bias, running_mean, running_var, num_batches_tracked over channels.
class ChannelNorm : public Layer {
 public:
  ChannelNorm(std::int64_t num_features, BatchNormOptions options);
  std::string description() const override;
  std::int64_t num_features() const { return num_features_; }
  const BatchNormOptions& options() const { return options_; }
  void set_momentum(std::optional<double> momentum) { options_.momentum = momentum; }

 protected:
  std::int64_t num_features_;
  BatchNormOptions options_;
  int weight_, bias_, running_mean_, running_var_, num_batches_tracked_;
};

// Ioffe & Szegedy 2015. Training normalises by the batch and updates the running figures (the variance without bias);
// evaluation uses those.
template <std::size_t Axes>
class BatchNorm : public ChannelNorm, public Foldable {
 public:
  explicit BatchNorm(std::int64_t num_features, BatchNormOptions options = {}) : ChannelNorm(num_features, options) {}

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

// [N, C] or [N, C, L]
class BatchNorm1d : public Copyable<BatchNorm1d, BatchNorm<1>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "BatchNorm1d"; }
};

class BatchNorm2d : public Copyable<BatchNorm2d, BatchNorm<2>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "BatchNorm2d"; }
};

class BatchNorm3d : public Copyable<BatchNorm3d, BatchNorm<3>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "BatchNorm3d"; }
};

// Gives every BatchNorm and InstanceNorm of a network this momentum of the running figures; returns how many there are.
// m = 1 - (1 - 0.1)^2 = 0.19 leaves them as two passes over the same batch with the default 0.1 would.
int set_batch_norm_momentum(Layer& network, std::optional<double> momentum);

// Each image and channel by itself: [N, C, H, W] or [C, H, W].
class InstanceNorm2d : public Copyable<InstanceNorm2d, ChannelNorm> {
 public:
  explicit InstanceNorm2d(std::int64_t num_features, BatchNormOptions options = defaults())
      : Copyable(num_features, options) {}
  std::string class_name() const override { return "InstanceNorm2d"; }
  static BatchNormOptions defaults() { return {.affine = false, .track_running_stats = false}; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

struct LayerNormOptions {
  double eps = 1e-5;
  bool elementwise_affine = true;
  bool bias = true;
};

// Over the last axes, which have normalized_shape.
class LayerNorm : public Copyable<LayerNorm> {
 public:
  explicit LayerNorm(std::vector<std::int64_t> normalized_shape, LayerNormOptions options = {});
  explicit LayerNorm(std::int64_t features, LayerNormOptions options = {})
      : LayerNorm(std::vector<std::int64_t>{features}, options) {}
  std::string class_name() const override { return "LayerNorm"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::vector<std::int64_t> shape_;
  LayerNormOptions options_;
  int weight_, bias_;
};

struct GroupNormOptions {
  double eps = 1e-5;
  bool affine = true;
  bool bias = true;
};

// Over groups of channels: [N, C, ...].
class GroupNorm : public Copyable<GroupNorm> {
 public:
  GroupNorm(std::int64_t num_groups, std::int64_t num_channels, GroupNormOptions options = {});
  std::string class_name() const override { return "GroupNorm"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::int64_t num_groups_, num_channels_;
  GroupNormOptions options_;
  int weight_, bias_;
};

struct RMSNormOptions {
  std::optional<double> eps;  // none: the dtype's machine epsilon
  bool elementwise_affine = true;
};

// Zhang & Sennrich 2019: by the root mean square over the last axes, without centring.
class RMSNorm : public Copyable<RMSNorm> {
 public:
  explicit RMSNorm(std::vector<std::int64_t> normalized_shape, RMSNormOptions options = {});
  explicit RMSNorm(std::int64_t features, RMSNormOptions options = {})
      : RMSNorm(std::vector<std::int64_t>{features}, options) {}
  std::string class_name() const override { return "RMSNorm"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::vector<std::int64_t> shape_;
  RMSNormOptions options_;
  int weight_;
};

}  // namespace brain::nn
