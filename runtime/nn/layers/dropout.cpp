#include "nn/layers/dropout.h"

#include "core/error.h"
#include "nn/layers/input.h"
#include "nn/layers/repr.h"

namespace brain::nn {

namespace {

double probability(const char* layer, double p) {
  if (!(p >= 0 && p <= 1)) fail(layer, ": p: expected a probability, found ", p);
  return p;
}

}  // namespace

Dropout::Dropout(double p) : p_(probability("Dropout", p)) {}
std::string Dropout::description() const { return "p=" + repr(p_) + ", inplace=False"; }
at::Tensor Dropout::forward(const at::Tensor& x) { return at::dropout(x, p_, training()); }

Dropout2d::Dropout2d(double p) : p_(probability("Dropout2d", p)) {}
std::string Dropout2d::description() const { return "p=" + repr(p_) + ", inplace=False"; }
at::Tensor Dropout2d::forward(const at::Tensor& x) {
  if (x.dim() < 2) unexpected_input(*this, "[N, C, ...]", x);
  return at::feature_dropout(x, p_, training());
}

StochasticDepth::StochasticDepth(double p, std::string mode)
    : p_(probability("StochasticDepth", p)), mode_(std::move(mode)) {
  if (mode_ != "row" && mode_ != "batch")
    fail("StochasticDepth: mode: expected 'row' or 'batch', found '", mode_, "'");
}
std::string StochasticDepth::description() const { return "p=" + repr(p_) + ", mode=" + mode_; }
at::Tensor StochasticDepth::forward(const at::Tensor& x) {
  if (x.dim() == 0) unexpected_input(*this, "[N, ...]", x);
  if (!training() || p_ == 0) return x;
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  if (mode_ == "row") shape[0] = x.size(0);
  const double kept = 1 - p_;
  const at::Tensor noise = at::empty(shape, x.options().requires_grad(false)).bernoulli_(kept);
  if (kept > 0) noise.div_(kept);
  return x * noise;
}

}  // namespace brain::nn
