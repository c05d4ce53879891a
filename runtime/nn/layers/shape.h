#pragma once
// Layers that change only the shape.
#include "nn/layer.h"

namespace brain::nn {

class Identity : public Copyable<Identity> {
 public:
  std::string class_name() const override { return "Identity"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override { return x; }
};

// Axes start_dim to end_dim (inclusive) become one.
class Flatten : public Copyable<Flatten> {
 public:
  explicit Flatten(std::int64_t start_dim = 1, std::int64_t end_dim = -1) : start_dim_(start_dim), end_dim_(end_dim) {}
  std::string class_name() const override { return "Flatten"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override { return x.flatten(start_dim_, end_dim_); }

 private:
  std::int64_t start_dim_, end_dim_;
};

// Axis dim becomes several; one size may be -1.
class Unflatten : public Copyable<Unflatten> {
 public:
  Unflatten(std::int64_t dim, std::vector<std::int64_t> sizes) : dim_(dim), sizes_(std::move(sizes)) {}
  std::string class_name() const override { return "Unflatten"; }
  std::string description() const override;

 protected:
  at::Tensor forward(const at::Tensor& x) override { return x.unflatten(dim_, sizes_); }

 private:
  std::int64_t dim_;
  std::vector<std::int64_t> sizes_;
};

class Permute : public Copyable<Permute> {
 public:
  explicit Permute(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {}
  std::string class_name() const override { return "Permute"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override { return x.permute(dims_); }

 private:
  std::vector<std::int64_t> dims_;
};

}  // namespace brain::nn
