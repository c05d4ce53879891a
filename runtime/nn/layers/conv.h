#pragma once
// Convolutions over one to three spatial axes, and the transposed one over two.
#include "nn/layer.h"
#include "nn/layers/fold.h"
#include "nn/layers/per_axis.h"

namespace brain::nn {

template <std::size_t N>
struct ConvOptions {
  PerAxis<N> kernel_size = 1;
  PerAxis<N> stride = 1;
  Padding<N> padding = 0;
  PerAxis<N> dilation = 1;
  std::int64_t groups = 1;  // divides both channel counts
  bool bias = true;
  std::string padding_mode = "zeros";  // or reflect, replicate, circular
};
using Conv1dOptions = ConvOptions<1>;
using Conv2dOptions = ConvOptions<2>;
using Conv3dOptions = ConvOptions<3>;

// [N, in, axes...] or [in, axes...]; weight [out, in / groups, kernel...].
template <std::size_t N>
class Convolution : public Layer, public Foldable {
 public:
  Convolution(std::int64_t in_channels, std::int64_t out_channels, ConvOptions<N> options);
  std::string description() const override;

  std::int64_t in_channels() const { return in_channels_; }
  std::int64_t out_channels() const { return out_channels_; }
  const ConvOptions<N>& options() const { return options_; }
  const at::Tensor& weight() const { return parameter(weight_); }
  const at::Tensor& bias() const { return parameter(bias_); }  // [out], or undefined

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::int64_t in_channels_, out_channels_;
  ConvOptions<N> options_;
  std::vector<std::int64_t> around_;  // for modes other than zeros: last axis first, before and after
  int weight_, bias_;
};

class Conv1d : public Copyable<Conv1d, Convolution<1>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "Conv1d"; }
};

class Conv2d : public Copyable<Conv2d, Convolution<2>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "Conv2d"; }
};

// TensorFlow's padding "SAME" instead of options().padding: as many outputs as strides fit into the input, an odd zero at
// the end.
class Conv2dSame : public Copyable<Conv2dSame, Conv2d> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "Conv2dSame"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class Conv3d : public Copyable<Conv3d, Convolution<3>> {
 public:
  using Copyable::Copyable;
  std::string class_name() const override { return "Conv3d"; }
};

struct ConvTranspose2dOptions {
  PerAxis<2> kernel_size = 1;
  PerAxis<2> stride = 1;
  PerAxis<2> padding = 0;
  PerAxis<2> output_padding = 0;  // added to one side of the output's shape
  std::int64_t groups = 1;
  bool bias = true;
  PerAxis<2> dilation = 1;
};

// The gradient of Conv2d with respect to its input; weight [in, out / groups, kernel...].
class ConvTranspose2d : public Copyable<ConvTranspose2d> {
 public:
  ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, ConvTranspose2dOptions options);
  std::string class_name() const override { return "ConvTranspose2d"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::int64_t in_channels_, out_channels_;
  ConvTranspose2dOptions options_;
  int weight_, bias_;
};

}  // namespace brain::nn
