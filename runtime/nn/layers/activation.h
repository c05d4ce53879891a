#pragma once
// Nonlinearities. None works in place.
#include <optional>

#include "nn/layer.h"

namespace brain::nn {

class ReLU : public Copyable<ReLU> {
 public:
  std::string class_name() const override { return "ReLU"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class ReLU6 : public Copyable<ReLU6> {  // min(max(x, 0), 6)
 public:
  std::string class_name() const override { return "ReLU6"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

// x Phi(x); "tanh" approximates Phi.
class GELU : public Copyable<GELU> {
 public:
  explicit GELU(std::string approximate = "none");
  std::string class_name() const override { return "GELU"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::string approximate_;
};

class QuickGELU : public Copyable<QuickGELU> {  // x sigmoid(1.702 x), the activation of CLIP
 public:
  std::string class_name() const override { return "QuickGELU"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class SiLU : public Copyable<SiLU> {  // x sigmoid(x)
 public:
  std::string class_name() const override { return "SiLU"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class Sigmoid : public Copyable<Sigmoid> {
 public:
  std::string class_name() const override { return "Sigmoid"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class Tanh : public Copyable<Tanh> {
 public:
  std::string class_name() const override { return "Tanh"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class Hardswish : public Copyable<Hardswish> {  // x relu6(x + 3) / 6
 public:
  std::string class_name() const override { return "Hardswish"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

class Hardsigmoid : public Copyable<Hardsigmoid> {  // relu6(x + 3) / 6
 public:
  std::string class_name() const override { return "Hardsigmoid"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;
};

// Without a dim: axis 0 of inputs with 0, 1 or 3 axes, else axis 1.
class Softmax : public Copyable<Softmax> {
 public:
  explicit Softmax(std::optional<std::int64_t> dim = std::nullopt) : dim_(dim) {}
  std::string class_name() const override { return "Softmax"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::optional<std::int64_t> dim_;
};

class LogSoftmax : public Copyable<LogSoftmax> {
 public:
  explicit LogSoftmax(std::optional<std::int64_t> dim = std::nullopt) : dim_(dim) {}
  std::string class_name() const override { return "LogSoftmax"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::optional<std::int64_t> dim_;
};

class LeakyReLU : public Copyable<LeakyReLU> {  // x, or slope x below zero
 public:
  explicit LeakyReLU(double negative_slope = 0.01) : negative_slope_(negative_slope) {}
  std::string class_name() const override { return "LeakyReLU"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  double negative_slope_;
};

class ELU : public Copyable<ELU> {  // x, or alpha (exp x - 1) below zero
 public:
  explicit ELU(double alpha = 1) : alpha_(alpha) {}
  std::string class_name() const override { return "ELU"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  double alpha_;
};

class Softplus : public Copyable<Softplus> {  // log(1 + exp(beta x)) / beta; x itself where beta x > threshold
 public:
  explicit Softplus(double beta = 1, double threshold = 20) : beta_(beta), threshold_(threshold) {}
  std::string class_name() const override { return "Softplus"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  double beta_, threshold_;
};

class PReLU : public Copyable<PReLU> {  // LeakyReLU with a learned slope, one or one per channel
 public:
  explicit PReLU(std::int64_t num_parameters = 1, double init = 0.25);
  std::string class_name() const override { return "PReLU"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  std::int64_t num_parameters_;
  int weight_;
};

}  // namespace brain::nn
