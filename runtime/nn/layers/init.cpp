#include "nn/layers/init.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace brain::nn::init {

namespace {

double normal_cdf(double x) { return (1.0 + std::erf(x / std::sqrt(2.0))) / 2.0; }

// Uniform candidates kept with probability exp(log density - its peak), as long as any is left.
void reject_uniform(const at::Tensor& tensor, double mean, double std, double low, double high) {
  const double mode = std::max(low, std::min(mean, high));
  const double log_peak = -0.5 * std::pow((mode - mean) / std, 2);
  at::Tensor result = tensor.uniform_(low, high);
  at::Tensor candidates = tensor.clone(), chance = at::empty_like(tensor);
  const auto rejected = [&] {
    candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(log_peak);
    return chance.uniform_().log_().gt(candidates);
  };
  at::Tensor pending = rejected();
  while (pending.any().item<bool>()) {
    candidates.uniform_(low, high);
    result = at::where(pending, candidates, result);
    pending = at::where(pending, rejected(), pending);
  }
  if (!result.is_same(tensor)) tensor.copy_(result);
}

}  // namespace

std::int64_t fan(const at::Tensor& weight, Fan mode) {
  if (weight.dim() < 2) fail("init: expected at least 2 dimensions, found ", weight.sizes());
  std::int64_t elements = 1;
  for (std::int64_t axis = 2; axis < weight.dim(); ++axis) elements *= weight.size(axis);
  return weight.size(mode == Fan::in ? 1 : 0) * elements;
}

double gain(std::string_view nonlinearity, double slope) {
  if (nonlinearity == "linear" || nonlinearity == "conv" || nonlinearity == "sigmoid") return 1;
  if (nonlinearity == "tanh") return 5.0 / 3;
  if (nonlinearity == "relu") return std::sqrt(2.0);
  if (nonlinearity == "leaky_relu") return std::sqrt(2.0 / (1 + slope * slope));
  if (nonlinearity == "selu") return 3.0 / 4;
  fail("init: expected linear, conv, sigmoid, tanh, relu, leaky_relu or selu, found '", nonlinearity, "'");
}

const at::Tensor& uniform_(const at::Tensor& tensor, double low, double high) {
  const at::NoGradGuard guard;
  tensor.uniform_(low, high);
  return tensor;
}

const at::Tensor& normal_(const at::Tensor& tensor, double mean, double std) {
  const at::NoGradGuard guard;
  tensor.normal_(mean, std);
  return tensor;
}

const at::Tensor& constant_(const at::Tensor& tensor, double value) {
  const at::NoGradGuard guard;
  tensor.fill_(value);
  return tensor;
}

const at::Tensor& trunc_normal_(const at::Tensor& tensor, double mean, double std, double low, double high) {
  if (tensor.is_meta()) return tensor;
  const at::NoGradGuard guard;
  if (normal_cdf((high - mean) / std) - normal_cdf((low - mean) / std) <= 0.3) {
    reject_uniform(tensor, mean, std, low, high);
    return tensor;
  }
  // the bounds as the tensor's dtype can hold them
  const at::TensorOptions dtype = at::TensorOptions().dtype(tensor.dtype());
  const double least = at::full({}, low, dtype).item<double>(), most = at::full({}, high, dtype).item<double>();
  at::Tensor result = tensor.normal_(mean, std);
  for (;;) {
    const at::Tensor outside = (result < least).logical_or(result > most);
    if (!outside.any().item<bool>()) break;
    result = at::where(outside, at::empty_like(result).normal_(mean, std), result);
  }
  if (!result.is_same(tensor)) tensor.copy_(result);
  return tensor;
}

const at::Tensor& xavier_uniform_(const at::Tensor& tensor, double gain) {
  const double std = gain * std::sqrt(2.0 / static_cast<double>(fan(tensor, Fan::in) + fan(tensor, Fan::out)));
  const double bound = std::sqrt(3.0) * std;
  return uniform_(tensor, -bound, bound);
}

const at::Tensor& xavier_normal_(const at::Tensor& tensor, double gain) {
  return normal_(tensor, 0, gain * std::sqrt(2.0 / static_cast<double>(fan(tensor, Fan::in) + fan(tensor, Fan::out))));
}

const at::Tensor& kaiming_uniform_(const at::Tensor& tensor, double slope, Fan mode, std::string_view nonlinearity) {
  if (tensor.numel() == 0) return tensor;
  const double std = gain(nonlinearity, slope) / std::sqrt(static_cast<double>(fan(tensor, mode)));
  const double bound = std::sqrt(3.0) * std;
  return uniform_(tensor, -bound, bound);
}

const at::Tensor& kaiming_normal_(const at::Tensor& tensor, double slope, Fan mode, std::string_view nonlinearity) {
  if (tensor.numel() == 0) return tensor;
  return normal_(tensor, 0, gain(nonlinearity, slope) / std::sqrt(static_cast<double>(fan(tensor, mode))));
}

const at::Tensor& orthogonal_(const at::Tensor& tensor, double gain) {
  if (tensor.dim() < 2) fail("init: expected at least 2 dimensions, found ", tensor.sizes());
  if (tensor.numel() == 0 || tensor.is_meta()) return tensor;
  const at::NoGradGuard guard;
  const std::int64_t rows = tensor.size(0), columns = tensor.numel() / rows;
  at::Tensor flat = at::empty({rows, columns}, tensor.options()).normal_(0, 1);
  if (rows < columns) flat.t_();
  auto [q, r] = at::linalg_qr(flat);
  q.mul_(at::diag(r, 0).sign());  // so that Q is uniform
  if (rows < columns) q.t_();
  tensor.view_as(q).copy_(q);
  tensor.mul_(gain);
  return tensor;
}

void linear_(const at::Tensor& weight, const at::Tensor& bias) {
  kaiming_uniform_(weight, std::sqrt(5.0));
  if (!bias.defined()) return;
  const auto inputs = static_cast<double>(fan(weight, Fan::in));
  const double bound = inputs > 0 ? 1 / std::sqrt(inputs) : 0;
  uniform_(bias, -bound, bound);
}

}  // namespace brain::nn::init
