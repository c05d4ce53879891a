#pragma once
// Pooling over one or two spatial axes. Inputs are [N, C, axes...] or [C, axes...].
#include <optional>

#include "nn/layer.h"
#include "nn/layers/per_axis.h"

namespace brain::nn {

template <std::size_t N>
struct MaxPoolOptions {
  PerAxis<N> kernel_size = 1;
  std::optional<PerAxis<N>> stride = std::nullopt;  // the kernel's size unless given
  PerAxis<N> padding = 0;
  PerAxis<N> dilation = 1;
  bool ceil_mode = false;  // also windows that stick out at the end
};
using MaxPool1dOptions = MaxPoolOptions<1>;
using MaxPool2dOptions = MaxPoolOptions<2>;

class MaxPool1d : public Copyable<MaxPool1d> {
 public:
  explicit MaxPool1d(MaxPool1dOptions options) : options_(options) {}
  std::string class_name() const override { return "MaxPool1d"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  MaxPool1dOptions options_;
};

class MaxPool2d : public Copyable<MaxPool2d> {
 public:
  explicit MaxPool2d(MaxPool2dOptions options) : options_(options) {}
  std::string class_name() const override { return "MaxPool2d"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  MaxPool2dOptions options_;
};

struct AvgPool2dOptions {
  PerAxis<2> kernel_size = 1;
  std::optional<PerAxis<2>> stride = std::nullopt;
  PerAxis<2> padding = 0;
  bool ceil_mode = false;
  bool count_include_pad = true;  // padding counts in the divisor
  std::optional<std::int64_t> divisor_override = std::nullopt;
};

class AvgPool2d : public Copyable<AvgPool2d> {
 public:
  explicit AvgPool2d(AvgPool2dOptions options) : options_(options) {}
  std::string class_name() const override { return "AvgPool2d"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  AvgPool2dOptions options_;
};

// A size of -1 keeps that axis as it is.
template <std::size_t N>
class AdaptivePool : public Layer {
 public:
  explicit AdaptivePool(PerAxis<N> output_size) : output_size_(output_size) {}
  std::string description() const override;

 protected:
  // The output's axes for this input, after a check of its shape.
  std::vector<std::int64_t> output_axes(const at::Tensor& x) const;

 private:
  PerAxis<N> output_size_;
};

class AdaptiveAvgPool1d : public Copyable<AdaptiveAvgPool1d, AdaptivePool<1>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "AdaptiveAvgPool1d"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class AdaptiveAvgPool2d : public Copyable<AdaptiveAvgPool2d, AdaptivePool<2>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "AdaptiveAvgPool2d"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class AdaptiveMaxPool2d : public Copyable<AdaptiveMaxPool2d, AdaptivePool<2>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "AdaptiveMaxPool2d"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

}  // namespace brain::nn
