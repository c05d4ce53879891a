#pragma once
// Initial numbers of parameters. Each function draws from torch's default generator exactly as the function of that name
// in torch.nn.init, so that equal seeds give equal networks. None records gradients; all return their tensor.
#include <ATen/ATen.h>

#include <string_view>

namespace brain::nn::init {

enum class Fan { in, out };

// Fan in and fan out of a weight [out, in, kernel...]: axis 1 and axis 0 times the kernel's elements.
std::int64_t fan(const at::Tensor& weight, Fan mode);

// Factor that keeps the variance through a nonlinearity: linear, conv, sigmoid 1; tanh 5/3; relu sqrt 2; leaky_relu
// sqrt(2 / (1 + slope^2)); selu 3/4.
double gain(std::string_view nonlinearity, double slope = 0.01);

const at::Tensor& uniform_(const at::Tensor& tensor, double low = 0, double high = 1);
const at::Tensor& normal_(const at::Tensor& tensor, double mean = 0, double std = 1);
const at::Tensor& constant_(const at::Tensor& tensor, double value);
// Normal numbers; those outside [low, high] (absolute, not in standard deviations) are drawn again.
const at::Tensor& trunc_normal_(const at::Tensor& tensor, double mean = 0, double std = 1, double low = -2,
                                double high = 2);
// Glorot & Bengio 2010.
const at::Tensor& xavier_uniform_(const at::Tensor& tensor, double gain = 1);
const at::Tensor& xavier_normal_(const at::Tensor& tensor, double gain = 1);
// He et al. 2015; slope is used by leaky_relu.
const at::Tensor& kaiming_uniform_(const at::Tensor& tensor, double slope = 0, Fan mode = Fan::in,
                                   std::string_view nonlinearity = "leaky_relu");
const at::Tensor& kaiming_normal_(const at::Tensor& tensor, double slope = 0, Fan mode = Fan::in,
                                  std::string_view nonlinearity = "leaky_relu");
// Saxe et al. 2013: orthonormal rows or columns of the tensor as a matrix [axis 0, the rest].
const at::Tensor& orthogonal_(const at::Tensor& tensor, double gain = 1);

// What Linear and the convolutions start from: kaiming_uniform_ with slope sqrt 5, then a bias (may be undefined) in
// +-1/sqrt(fan in).
void linear_(const at::Tensor& weight, const at::Tensor& bias);

}  // namespace brain::nn::init
