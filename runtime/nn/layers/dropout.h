#pragma once
// Random omission during training; in evaluation the input passes as it is.
#include "nn/layer.h"

namespace brain::nn {

// Each element is zero with probability p, the others are divided by 1 - p.
class Dropout : public Copyable<Dropout> {
 public:
  explicit Dropout(double p = 0.5);
  std::string class_name() const override { return "Dropout"; }
  std::string description() const override;
  bool is_random() const override { return p_ > 0; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  double p_;
};

// Whole channels of [N, C, ...].
class Dropout2d : public Copyable<Dropout2d> {
 public:
  explicit Dropout2d(double p = 0.5);
  std::string class_name() const override { return "Dropout2d"; }
  std::string description() const override;
  bool is_random() const override { return p_ > 0; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  double p_;
};

// Huang et al. 2016: whole samples ("row") or the whole batch ("batch"), for the branch of a residual block.
class StochasticDepth : public Copyable<StochasticDepth> {
 public:
  explicit StochasticDepth(double p, std::string mode = "row");
  std::string class_name() const override { return "StochasticDepth"; }
  std::string description() const override;
  bool is_random() const override { return p_ > 0; }

 protected:
  at::Tensor forward(const at::Tensor& x) override;

 private:
  double p_;
  std::string mode_;
};

}  // namespace brain::nn
