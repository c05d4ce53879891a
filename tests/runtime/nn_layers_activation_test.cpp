#include "nn/layers/activation.h"

#include <cmath>

#include "layer_checks.h"

using namespace brain::nn;

namespace {

// Applies a formula to a few numbers and compares.
template <class F>
void check_formula(Layer& layer, F formula) {
  const double points[] = {-5, -2.5, -1, -0.3, 0, 0.3, 1, 2.5, 7};
  std::vector<double> expected;
  for (const double x : points) expected.push_back(formula(x));
  const at::Tensor x = at::tensor(at::ArrayRef<double>(points), at::kDouble), before = x.clone();
  INFO(layer.class_name());
  CHECK(close(layer(x), at::tensor(expected, at::kDouble), 1e-12));
  CHECK(at::equal(x, before));
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double relu6(double x) { return std::min(std::max(x, 0.0), 6.0); }

template <class T, class F>
void check_formula(F formula) {
  T layer;
  check_formula(layer, formula);
}

}  // namespace

TEST_CASE("activations by their formulas") {
  check_formula<ReLU>([](double x) { return std::max(x, 0.0); });
  check_formula<ReLU6>(relu6);
  check_formula<GELU>([](double x) { return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))); });
  GELU tanh("tanh");
  check_formula(tanh, [](double x) {
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  });
  check_formula<QuickGELU>([](double x) { return x * sigmoid(1.702 * x); });
  check_formula<SiLU>([](double x) { return x * sigmoid(x); });
  check_formula<Sigmoid>(sigmoid);
  check_formula<Tanh>([](double x) { return std::tanh(x); });
  check_formula<Hardswish>([](double x) { return x * relu6(x + 3) / 6; });
  check_formula<Hardsigmoid>([](double x) { return relu6(x + 3) / 6; });
  check_formula<LeakyReLU>([](double x) { return x < 0 ? 0.01 * x : x; });
  check_formula<ELU>([](double x) { return x < 0 ? std::expm1(x) : x; });
  Softplus softplus(2, 3);
  check_formula(softplus, [](double x) { return 2 * x > 3 ? x : std::log1p(std::exp(2 * x)) / 2; });
}

TEST_CASE("softmax sums to one along its axis; without one it chooses as PyTorch does") {
  const at::Tensor x = at::randn({2, 3, 4});
  Softmax last(-1), chosen;
  CHECK(close(last(x).sum(-1), at::ones({2, 3})));
  CHECK(close(chosen(x).sum(0), at::ones({3, 4})));
  CHECK(close(chosen(x[0]).sum(1), at::ones({3})));
  LogSoftmax log(1);
  CHECK(close(log(x).exp().sum(1), at::ones({2, 4})));
  CHECK(last.description() == "dim=-1");
  CHECK(chosen.description() == "dim=None");
}

TEST_CASE("PReLU learns a slope per channel") {
  auto layer = std::make_shared<PReLU>(2, 0.5);
  const at::Tensor x = at::full({1, 2, 2}, -2.f);
  CHECK(close((*layer)(x), at::full({1, 2, 2}, -1.f)));
  CHECK(state_names(*layer) == std::vector<std::string>{"weight"});
  check_clone(*layer, x);
}

TEST_CASE("a GELU that does not exist is refused") {
  CHECK_THROWS_WITH(GELU("fast"), "GELU: approximate: expected 'none' or 'tanh', found 'fast'");
}
