#include "nn/layers/pooling.h"

#include "core/error.h"
#include "nn/layers/input.h"
#include "nn/layers/repr.h"

namespace brain::nn {

namespace {

template <std::size_t N>
std::string describe(const MaxPoolOptions<N>& o) {
  return join_text("kernel_size=", repr(o.kernel_size), ", stride=", repr(o.stride.value_or(o.kernel_size)),
                   ", padding=", repr(o.padding), ", dilation=", repr(o.dilation), ", ceil_mode=", repr(o.ceil_mode));
}

}  // namespace

std::string MaxPool1d::description() const { return describe(options_); }

at::Tensor MaxPool1d::forward(const at::Tensor& x) {
  check_image(*this, x, -1, 1, true);
  const auto& o = options_;
  return at::max_pool1d(x, o.kernel_size, o.stride.value_or(o.kernel_size), o.padding, o.dilation, o.ceil_mode);
}

std::string MaxPool2d::description() const { return describe(options_); }

at::Tensor MaxPool2d::forward(const at::Tensor& x) {
  check_image(*this, x, -1, 2, true);
  const auto& o = options_;
  return at::max_pool2d(x, o.kernel_size, o.stride.value_or(o.kernel_size), o.padding, o.dilation, o.ceil_mode);
}

std::string AvgPool2d::description() const {
  const auto& o = options_;
  return join_text("kernel_size=", repr(o.kernel_size), ", stride=", repr(o.stride.value_or(o.kernel_size)),
                   ", padding=", repr(o.padding));
}

at::Tensor AvgPool2d::forward(const at::Tensor& x) {
  check_image(*this, x, -1, 2, true);
  const auto& o = options_;
  return at::avg_pool2d(x, o.kernel_size, o.stride.value_or(o.kernel_size), o.padding, o.ceil_mode, o.count_include_pad,
                        o.divisor_override);
}

template <std::size_t N>
std::string AdaptivePool<N>::description() const {
  const auto text = [](std::int64_t size) { return size == -1 ? "None" : repr(size); };
  if (output_size_.single()) return "output_size=" + text(output_size_[0]);
  std::string all;
  for (std::size_t i = 0; i < N; ++i) all += (i ? ", " : "") + text(output_size_[i]);
  return "output_size=(" + all + (N == 1 ? ",)" : ")");
}

template <std::size_t N>
std::vector<std::int64_t> AdaptivePool<N>::output_axes(const at::Tensor& x) const {
  check_image(*this, x, -1, N, true);
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < N; ++i)
    sizes.push_back(output_size_[i] == -1 ? x.size(static_cast<std::int64_t>(i) - static_cast<std::int64_t>(N))
                                          : output_size_[i]);
  return sizes;
}

template class AdaptivePool<1>;
template class AdaptivePool<2>;

at::Tensor AdaptiveAvgPool1d::forward(const at::Tensor& x) { return at::adaptive_avg_pool1d(x, output_axes(x)); }
at::Tensor AdaptiveAvgPool2d::forward(const at::Tensor& x) { return at::adaptive_avg_pool2d(x, output_axes(x)); }
at::Tensor AdaptiveMaxPool2d::forward(const at::Tensor& x) {
  return std::get<0>(at::adaptive_max_pool2d(x, output_axes(x)));
}

}  // namespace brain::nn
