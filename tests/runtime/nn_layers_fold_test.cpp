// Networks made fast for evaluation give what they gave before, and what is read inside of them is right.
#include "nn/layers/fold.h"

#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>

#include "models/registry.h"
#include "nn/layers/activation.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/norm.h"
#include "nn/layers/shape.h"
#include "nn/taps.h"

using namespace brain;
using namespace brain::nn;

namespace {

// Running figures and affine parameters as training leaves them, not 0 and 1.
void unsettle(Layer& network) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, value] : network.state_dict()) {
    if (name.ends_with("running_var")) value.uniform_(0.5, 2);
    else if (name.ends_with("running_mean")) value.normal_(0, 0.3);
    else if (value.dim() == 1 && value.is_floating_point()) value.add_(at::randn_like(value), 0.1);
  }
}

LayerPtr evaluated(const std::string& name) {
  const auto network = models::create(name, {}, 3);
  unsettle(*network);
  network->eval();
  return network;
}

double deviation(const at::Tensor& found, const at::Tensor& expected) {
  return ((found - expected).norm() / expected.norm()).item<double>();
}

at::Tensor tap(Layer& network, const std::string& name, const at::Tensor& x) {
  Taps taps(network, {name});
  taps.run([&] { network(x); });
  return taps.results().at(0).value;
}

LayerPtr small() {
  const auto network = std::make_shared<Sequential>(std::vector<LayerPtr>{
      std::make_shared<Conv2d>(3, 4, Conv2dOptions{.kernel_size = 3}), std::make_shared<BatchNorm2d>(4),
      std::make_shared<ReLU>()});
  unsettle(*network);
  network->eval();
  return network;
}

}  // namespace

// 1e-6 of the output: a factor moves from behind a sum of products to before it, which rounds each anew.
TEST_CASE("folded networks equal their originals") {
  const at::NoGradGuard no_grad;
  const at::Tensor x = at::randn({2, 3, 64, 64});
  for (const char* name : {"resnet18", "resnet50", "vgg11_bn", "torchvision/mobilenet_v2", "timm/tf_efficientnet_lite0",
                           "akamaster/resnet20", "cornet/cornet_s", "squeezenet1_1"}) {
    INFO(name);
    const auto network = evaluated(name);
    const auto fast = optimize_for_evaluation(*network, x);
    CHECK(deviation((*fast)(x), (*network)(x)) < 2e-6);
    CHECK(fast->state_dict().size() == network->state_dict().size());
    for (const auto& parameter : fast->named_parameters()) CHECK_FALSE(parameter.value.requires_grad());
  }
}

TEST_CASE("the convolution does the norm's work unless someone looks") {
  const at::NoGradGuard no_grad;
  const at::Tensor x = at::randn({2, 3, 8, 8});
  const auto network = small(), fast = optimize_for_evaluation(*network, x);
  const at::Tensor convolved = (*network->get("0"))(x), normed = (*network->get("1"))(convolved);
  CHECK(deviation((*fast->get("0"))(x), normed) < 1e-6);  // called by itself
  CHECK(deviation(tap(*fast, "0", x), convolved) < 1e-6);
  CHECK(deviation(tap(*fast, "1", x), normed) < 1e-6);
  const int hook = fast->get("1")->add_hook([](Layer&, const Values&, const Value&) { return std::nullopt; });
  CHECK(deviation((*fast->get("0"))(x), convolved) < 1e-6);
  fast->get("1")->remove_hook(hook);
  CHECK(deviation((*fast->get("0"))(x), normed) < 1e-6);
}

TEST_CASE("a fold ends with what it rests on") {
  const at::NoGradGuard no_grad;
  const at::Tensor x = at::randn({2, 3, 8, 8});
  const auto network = small();
  const auto convolved = (*network->get("0"))(x);
  SECTION("training") {
    const auto fast = optimize_for_evaluation(*network, x);
    fast->train();
    CHECK(deviation((*fast->get("0"))(x), convolved) < 1e-6);
  }
  SECTION("other values") {
    const auto fast = optimize_for_evaluation(*network, x);
    const auto other = small();
    fast->load_state_dict(other->state_dict());
    CHECK(deviation((*fast)(x), (*other)(x)) < 1e-6);
  }
  SECTION("another norm") {
    const auto fast = optimize_for_evaluation(*network, x);
    fast->replace("1", std::make_shared<Identity>());
    CHECK(deviation((*fast)(x), at::relu(convolved)) < 1e-6);
  }
  SECTION("another dtype, a copy") {
    const auto fast = optimize_for_evaluation(*network, x);
    const at::Tensor expected = (*network)(x);
    CHECK(deviation((*fast->clone())(x), expected) < 1e-6);
    fast->to(std::nullopt, at::kDouble);
    CHECK(deviation((*fast)(x.to(at::kDouble)), expected.to(at::kDouble)) < 1e-6);
  }
}

namespace {

// Reads the convolution's output twice: a norm takes it, and a sum.
class Twice : public Copyable<Twice> {
 public:
  Twice() {
    conv_ = add_child("conv", std::make_shared<Conv2d>(3, 3, Conv2dOptions{.kernel_size = 1}));
    norm_ = add_child("norm", std::make_shared<BatchNorm2d>(3));
  }
  std::string class_name() const override { return "Twice"; }

 protected:
  at::Tensor forward(const at::Tensor& x) override {
    const at::Tensor y = child(conv_)(x);
    return child(norm_)(y) + y;
  }

 private:
  int conv_, norm_;
};

}  // namespace

TEST_CASE("nothing is folded where a convolution's output is used twice") {
  const at::NoGradGuard no_grad;
  const auto owned = std::make_shared<Twice>();
  unsettle(*owned);
  owned->eval();
  const at::Tensor x = at::randn({2, 3, 8, 8});
  CHECK(deviation((*optimize_for_evaluation(*owned, x))(x), (*owned)(x)) < 1e-6);
}

TEST_CASE("networks in training and with hooks are refused") {
  const at::Tensor x = at::randn({2, 3, 8, 8});
  const auto network = small();
  network->train();
  CHECK_THROWS_WITH(optimize_for_evaluation(*network, x),
                    "optimize_for_evaluation: expected a network in evaluation, found one in training: call eval first");
  network->eval();
  network->get("2")->add_hook([](Layer&, const Values&, const Value&) { return std::nullopt; });
  CHECK_THROWS_WITH(optimize_for_evaluation(*network, x),
                    "optimize_for_evaluation: '2' has a hook, which a copy does not have");
}
