#pragma once
// A network small enough to compute by hand, for the tests of nn/: network() gives 60 x.
#include <ATen/ATen.h>

#include "nn/layer.h"

namespace brain::nn {

// y = a x
class Scale : public Copyable<Scale> {
 public:
  explicit Scale(double a) { a_ = add_parameter("a", at::full({1}, a)); }
  std::string class_name() const override { return "Scale"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override { return x * parameter(a_); }

 private:
  int a_;
};

// Calls its child `times` times, then the other one once.
class Repeat : public Copyable<Repeat> {
 public:
  Repeat(LayerPtr inner, LayerPtr last, int times) : times_(times) {
    inner_ = add_child("inner", std::move(inner));
    last_ = add_child("last", std::move(last));
    add_buffer("count", at::zeros({}), true);
    add_buffer("scratch", at::zeros({}), false);
  }
  std::string class_name() const override { return "Repeat"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    at::Tensor y = x;
    for (int i = 0; i < times_; ++i) y = child(inner_)(y);
    return child(last_)(y);
  }

 private:
  int inner_, last_, times_;
};

// Two outputs.
class Split : public Copyable<Split> {
 public:
  std::string class_name() const override { return "Split"; }

 protected:
  Value forward_values(const Values& inputs, std::string_view entry) override {
    if (inputs.size() != 2) return Layer::forward_values(inputs, entry);
    return c10::ivalue::Tuple::create({inputs[0].toTensor() + 1, inputs[1].toTensor() + 2});
  }
};

inline LayerPtr network() {
  return std::make_shared<Repeat>(std::make_shared<Repeat>(std::make_shared<Scale>(2), std::make_shared<Scale>(3), 2),
                                  std::make_shared<Scale>(5), 1);
}

inline double run(Layer& layer) { return layer(at::ones({1})).item<double>(); }

inline std::vector<std::string> names(const std::vector<NamedTensor>& list) {
  std::vector<std::string> out;
  for (const auto& item : list) out.push_back(item.name);
  return out;
}

}  // namespace brain::nn
