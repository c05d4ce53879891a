// Every optimiser against its formula written out for one number after the other.
#include "optim/update.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "numbers.h"

using namespace brain;

namespace {

using Options = std::map<std::string, std::vector<double>>;

// One parameter element and what its optimiser remembers.
struct Element {
  double x, a = 0, b = 0, c = 0;
};

void reference(const std::string& kind, const std::function<double(const char*)>& o, double beta1,
               double beta2, int t, double g, Element& e) {
  if (o("maximize") != 0) g = -g;
  const double lr = o("lr"), decay = o("weight_decay");
  if (kind == "AdamW") e.x -= lr * decay * e.x;
  else g += decay * e.x;
  if (kind == "SGD") {
    if (o("momentum") != 0) {
      e.a = t == 1 ? g : o("momentum") * e.a + (1 - o("dampening")) * g;
      g = o("nesterov") != 0 ? g + o("momentum") * e.a : e.a;
    }
    e.x -= lr * g;
  } else if (kind == "RMSprop") {
    e.a = o("alpha") * e.a + (1 - o("alpha")) * g * g;
    if (o("centered") != 0) e.b = o("alpha") * e.b + (1 - o("alpha")) * g;
    const double scaled = g / (std::sqrt(e.a - e.b * e.b) + o("eps"));
    e.c = o("momentum") * e.c + scaled;
    e.x -= lr * e.c;
  } else if (kind == "Adagrad") {
    if (t == 1) e.a = o("initial_accumulator_value");
    e.a += g * g;
    e.x -= lr / (1 + (t - 1) * o("lr_decay")) * g / (std::sqrt(e.a) + o("eps"));
  } else {
    e.a = beta1 * e.a + (1 - beta1) * g;
    e.b = beta2 * e.b + (1 - beta2) * g * g;
    const double second = e.b / (1 - std::pow(beta2, t));
    e.c = std::max(e.c, second * (1 - std::pow(beta2, t)));
    const double root = std::sqrt(o("amsgrad") != 0 ? e.c / (1 - std::pow(beta2, t)) : second);
    e.x -= lr * e.a / (1 - std::pow(beta1, t)) / (root + o("eps"));
  }
}

void compare(const std::string& kind, const Options& options) {
  Optimizer optimizer(optimizer_kind(kind));
  const at::Tensor parameter = numbers({7}, 1).set_requires_grad(true);
  ParameterGroup group{{{"p", parameter}}, optimizer.defaults()};
  for (const auto& [name, values] : options) group.options.set(group.options.find(name), values);
  const OptionValues values = group.options;
  optimizer.add_group(std::move(group));
  std::vector<Element> elements;
  for (int i = 0; i < 7; ++i) elements.push_back({parameter[i].item<double>()});
  const auto option = [&](const char* name) { return values.knows(name) ? values[values.find(name)] : 0.0; };
  const bool betas = values.knows("betas");
  for (int t = 1; t <= 6; ++t) {
    parameter.mutable_grad() = numbers({7}, 30 + t);
    for (int i = 0; i < 7; ++i)
      reference(kind, option, betas ? values.list(1)[0] : 0, betas ? values.list(1)[1] : 0, t,
                parameter.grad()[i].item<double>(), elements[static_cast<std::size_t>(i)]);
    optimizer.step();
    for (int i = 0; i < 7; ++i) {
      CAPTURE(kind, t, i);
      CHECK(parameter[i].item<double>() ==
            Approx(elements[static_cast<std::size_t>(i)].x).epsilon(1e-12).margin(1e-14));
    }
  }
}

}  // namespace

TEST_CASE("SGD") {
  compare("SGD", {{"lr", {0.05}}});
  compare("SGD", {{"lr", {0.05}}, {"momentum", {0.9}}, {"dampening", {0.3}}, {"weight_decay", {0.02}}});
  compare("SGD", {{"lr", {0.05}}, {"momentum", {0.9}}, {"nesterov", {1}}, {"maximize", {1}}});
}

TEST_CASE("Adam and AdamW") {
  for (const char* kind : {"Adam", "AdamW"}) {
    compare(kind, {});
    compare(kind, {{"lr", {0.05}}, {"betas", {0.8, 0.95}}, {"eps", {1e-6}}, {"weight_decay", {0.1}}});
    compare(kind, {{"lr", {0.05}}, {"amsgrad", {1}}, {"maximize", {1}}});
  }
}

TEST_CASE("RMSprop") {
  compare("RMSprop", {});
  compare(
      "RMSprop",
      {{"lr", {0.02}}, {"alpha", {0.9}}, {"centered", {1}}, {"momentum", {0.7}}, {"weight_decay", {0.01}}});
  compare("RMSprop", {{"maximize", {1}}, {"weight_decay", {0.1}}});
}

TEST_CASE("Adagrad") {
  compare("Adagrad", {{"lr", {0.1}}});
  compare(
      "Adagrad",
      {{"lr", {0.1}}, {"lr_decay", {0.05}}, {"weight_decay", {0.01}}, {"initial_accumulator_value", {0.1}}});
}

TEST_CASE("steps are counted one by one") {
  std::vector<at::Tensor> steps{at::zeros({}), at::full({}, 3.0f)};
  count_step(steps);
  CHECK(steps[0].item<float>() == 1);
  CHECK(steps[1].item<float>() == 4);
}
