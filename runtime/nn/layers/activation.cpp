#include "nn/layers/activation.h"

#include "core/error.h"
#include "nn/layers/repr.h"

namespace brain::nn {

namespace {

std::int64_t softmax_axis(const std::optional<std::int64_t>& dim, const at::Tensor& x) {
  return dim.value_or(x.dim() == 0 || x.dim() == 1 || x.dim() == 3 ? 0 : 1);
}

}  // namespace

at::Tensor ReLU::forward(const at::Tensor& x) { return at::relu(x); }
at::Tensor ReLU6::forward(const at::Tensor& x) { return at::hardtanh(x, 0.0, 6.0); }
at::Tensor QuickGELU::forward(const at::Tensor& x) { return x * at::sigmoid(1.702 * x); }
at::Tensor SiLU::forward(const at::Tensor& x) { return at::silu(x); }
at::Tensor Sigmoid::forward(const at::Tensor& x) { return at::sigmoid(x); }
at::Tensor Tanh::forward(const at::Tensor& x) { return at::tanh(x); }
at::Tensor Hardswish::forward(const at::Tensor& x) { return at::hardswish(x); }
at::Tensor Hardsigmoid::forward(const at::Tensor& x) { return at::hardsigmoid(x); }

GELU::GELU(std::string approximate) : approximate_(std::move(approximate)) {
  if (approximate_ != "none" && approximate_ != "tanh")
    fail("GELU: approximate: expected 'none' or 'tanh', found '", approximate_, "'");
}
std::string GELU::description() const { return "approximate='" + approximate_ + "'"; }
at::Tensor GELU::forward(const at::Tensor& x) { return at::gelu(x, approximate_); }

std::string Softmax::description() const { return "dim=" + repr(dim_); }
at::Tensor Softmax::forward(const at::Tensor& x) { return at::softmax(x, softmax_axis(dim_, x)); }

std::string LogSoftmax::description() const { return "dim=" + repr(dim_); }
at::Tensor LogSoftmax::forward(const at::Tensor& x) { return at::log_softmax(x, softmax_axis(dim_, x)); }

std::string LeakyReLU::description() const { return "negative_slope=" + repr(negative_slope_); }
at::Tensor LeakyReLU::forward(const at::Tensor& x) { return at::leaky_relu(x, negative_slope_); }

std::string ELU::description() const { return "alpha=" + repr(alpha_); }
at::Tensor ELU::forward(const at::Tensor& x) { return at::elu(x, alpha_); }

std::string Softplus::description() const { return "beta=" + repr(beta_) + ", threshold=" + repr(threshold_); }
at::Tensor Softplus::forward(const at::Tensor& x) { return at::softplus(x, beta_, threshold_); }

PReLU::PReLU(std::int64_t num_parameters, double init) : num_parameters_(num_parameters) {
  if (num_parameters < 1) fail("PReLU: expected at least one parameter, found ", num_parameters);
  weight_ = add_parameter("weight", at::full({num_parameters}, init, at::kFloat));
}
std::string PReLU::description() const { return "num_parameters=" + repr(num_parameters_); }
at::Tensor PReLU::forward(const at::Tensor& x) { return at::prelu(x, parameter(weight_)); }

}  // namespace brain::nn
