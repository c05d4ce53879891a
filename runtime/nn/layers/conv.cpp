#include "nn/layers/conv.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "nn/layers/init.h"
#include "nn/layers/input.h"
#include "nn/layers/repr.h"

namespace brain::nn {

namespace {

template <std::size_t N>
void check_positive(const char* layer, const char* name, const PerAxis<N>& value) {
  for (std::size_t i = 0; i < N; ++i)
    if (value[i] < 1) fail(layer, ": ", name, ": expected positive integers, found ", repr(at::IntArrayRef(value)));
}

template <std::size_t N>
void check_not_negative(const char* layer, const char* name, const PerAxis<N>& value) {
  for (std::size_t i = 0; i < N; ++i)
    if (value[i] < 0)
      fail(layer, ": ", name, ": expected integers of at least 0, found ", repr(at::IntArrayRef(value)));
}

void check_channels(const char* layer, std::int64_t in, std::int64_t out, std::int64_t groups) {
  if (in < 0 || out < 0) fail(layer, ": expected channel counts of at least 0, found ", in, " and ", out);
  if (groups < 1 || in % groups != 0 || out % groups != 0)
    fail(layer, ": expected groups that divide ", in, " and ", out, " channels, found ", groups);
}

template <std::size_t N>
std::vector<std::int64_t> weight_shape(std::int64_t first, std::int64_t second, const PerAxis<N>& kernel) {
  std::vector<std::int64_t> shape{first, second};
  for (std::size_t i = 0; i < N; ++i) shape.push_back(kernel[i]);
  return shape;
}

const char* const kNames[] = {"", "Conv1d", "Conv2d", "Conv3d"};

}  // namespace

template <std::size_t N>
Convolution<N>::Convolution(std::int64_t in_channels, std::int64_t out_channels, ConvOptions<N> options)
    : in_channels_(in_channels), out_channels_(out_channels), options_(std::move(options)) {
  const char* name = kNames[N];
  const auto& o = options_;
  check_channels(name, in_channels, out_channels, o.groups);
  check_positive(name, "kernel_size", o.kernel_size);
  check_positive(name, "stride", o.stride);
  check_positive(name, "dilation", o.dilation);
  check_not_negative(name, "padding", o.padding.amount);
  if (o.padding.mode == "same" && !o.stride.all(1))
    fail(name, ": padding='same' needs stride 1, found ", repr(at::IntArrayRef(o.stride)));
  const auto& mode = o.padding_mode;
  if (mode != "zeros" && mode != "reflect" && mode != "replicate" && mode != "circular")
    fail(name, ": padding_mode: expected zeros, reflect, replicate or circular, found '", mode, "'");
  if (mode != "zeros")
    for (std::size_t i = N; i-- > 0;) {
      const bool same = o.padding.mode == "same";
      const std::int64_t total = same ? o.dilation[i] * (o.kernel_size[i] - 1) : 2 * o.padding.amount[i];
      around_.push_back(total / 2);
      around_.push_back(total - total / 2);
    }
  const at::Tensor w = at::empty(weight_shape(out_channels, in_channels / o.groups, o.kernel_size));
  const at::Tensor b = o.bias ? at::empty({out_channels}) : at::Tensor();
  init::linear_(w, b);
  weight_ = add_parameter("weight", w);
  bias_ = add_parameter("bias", b);
}

template <std::size_t N>
std::string Convolution<N>::description() const {
  const auto& o = options_;
  std::string text = join_text(in_channels_, ", ", out_channels_, ", kernel_size=", repr(at::IntArrayRef(o.kernel_size)),
                               ", stride=", repr(at::IntArrayRef(o.stride)));
  if (!o.padding.mode.empty()) text += ", padding=" + o.padding.mode;
  else if (!o.padding.amount.all(0)) text += ", padding=" + repr(at::IntArrayRef(o.padding.amount));
  if (!o.dilation.all(1)) text += ", dilation=" + repr(at::IntArrayRef(o.dilation));
  if (o.groups != 1) text += ", groups=" + repr(o.groups);
  if (!o.bias) text += ", bias=False";
  if (o.padding_mode != "zeros") text += ", padding_mode=" + o.padding_mode;
  return text;
}

template <std::size_t N>
at::Tensor Convolution<N>::forward(const at::Tensor& x) {
  check_image(*this, x, in_channels_, N, true);
  const auto& o = options_;
  const Fold* fold = active_fold();
  const at::Tensor &w = fold ? fold->weight() : weight(), &b = fold ? fold->bias() : bias();
  const auto run = [&](const at::Tensor& input, auto padding) {
    if constexpr (N == 1) return at::conv1d(input, w, b, o.stride, padding, o.dilation, o.groups);
    if constexpr (N == 2) return at::conv2d(input, w, b, o.stride, padding, o.dilation, o.groups);
    if constexpr (N == 3) return at::conv3d(input, w, b, o.stride, padding, o.dilation, o.groups);
  };
  if (!around_.empty()) return run(at::pad(x, around_, o.padding_mode), at::IntArrayRef(PerAxis<N>(0)));
  if (!o.padding.mode.empty()) return run(x, std::string_view(o.padding.mode));
  return run(x, at::IntArrayRef(o.padding.amount));
}

template class Convolution<1>;
template class Convolution<2>;
template class Convolution<3>;

at::Tensor Conv2dSame::forward(const at::Tensor& x) {
  std::array<std::int64_t, 4> around{};  // last axis first
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t size = x.size(-1 - static_cast<std::int64_t>(axis)), stride = options().stride[1 - axis];
    const std::int64_t kernel = options().dilation[1 - axis] * (options().kernel_size[1 - axis] - 1) + 1;
    const std::int64_t total = std::max<std::int64_t>(0, ((size + stride - 1) / stride - 1) * stride + kernel - size);
    around[2 * axis] = total / 2;
    around[2 * axis + 1] = total - total / 2;
  }
  return Conv2d::forward(at::constant_pad_nd(x, around));
}

ConvTranspose2d::ConvTranspose2d(std::int64_t in_channels, std::int64_t out_channels, ConvTranspose2dOptions options)
    : in_channels_(in_channels), out_channels_(out_channels), options_(options) {
  check_channels("ConvTranspose2d", in_channels, out_channels, options.groups);
  check_positive("ConvTranspose2d", "kernel_size", options.kernel_size);
  check_positive("ConvTranspose2d", "stride", options.stride);
  check_positive("ConvTranspose2d", "dilation", options.dilation);
  check_not_negative("ConvTranspose2d", "padding", options.padding);
  check_not_negative("ConvTranspose2d", "output_padding", options.output_padding);
  const at::Tensor w = at::empty(weight_shape(in_channels, out_channels / options.groups, options.kernel_size));
  const at::Tensor b = options.bias ? at::empty({out_channels}) : at::Tensor();
  init::linear_(w, b);
  weight_ = add_parameter("weight", w);
  bias_ = add_parameter("bias", b);
}

std::string ConvTranspose2d::description() const {
  const auto& o = options_;
  std::string text = join_text(in_channels_, ", ", out_channels_, ", kernel_size=", repr(at::IntArrayRef(o.kernel_size)),
                               ", stride=", repr(at::IntArrayRef(o.stride)));
  if (!o.padding.all(0)) text += ", padding=" + repr(at::IntArrayRef(o.padding));
  if (!o.dilation.all(1)) text += ", dilation=" + repr(at::IntArrayRef(o.dilation));
  if (!o.output_padding.all(0)) text += ", output_padding=" + repr(at::IntArrayRef(o.output_padding));
  if (o.groups != 1) text += ", groups=" + repr(o.groups);
  if (!o.bias) text += ", bias=False";
  return text;
}

at::Tensor ConvTranspose2d::forward(const at::Tensor& x) {
  check_image(*this, x, in_channels_, 2, true);
  const auto& o = options_;
  return at::conv_transpose2d(x, parameter(weight_), parameter(bias_), o.stride, o.padding, o.output_padding, o.groups,
                              o.dilation);
}

}  // namespace brain::nn
