// Groups, skipped parameters, layouts, and a state that resumes bit by bit.
#include "optim/optimizer.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "numbers.h"

using namespace brain;

namespace {

at::Tensor parameter(at::IntArrayRef shape, double seed, at::ScalarType dtype = at::kDouble) {
  return numbers(shape, seed).to(dtype).set_requires_grad(true);
}

void set_gradient(const at::Tensor& tensor, double seed) {
  tensor.mutable_grad() = numbers(tensor.sizes(), seed).to(tensor.scalar_type());
}

Optimizer& add(Optimizer& optimizer, std::vector<NamedTensor> parameters, double lr = 0.1) {
  ParameterGroup group{std::move(parameters), optimizer.defaults()};
  group.options.set(0, {lr});
  optimizer.add_group(std::move(group));
  return optimizer;
}

}  // namespace

TEST_CASE("groups step with their own rate, parameters without gradient stay") {
  const at::Tensor a = parameter({3}, 1), b = parameter({3}, 1), idle = parameter({3}, 1);
  const at::Tensor start = idle.detach().clone();
  Optimizer optimizer(optimizer_kind("SGD"));
  add(add(optimizer, {{"a", a}, {"idle", idle}}, 0.1), {{"b", b}}, 0.2);
  set_gradient(a, 5);
  set_gradient(b, 5);
  optimizer.step();
  CHECK(near(a.detach(), start - 0.1 * a.grad()));
  CHECK(near(b.detach(), start - 0.2 * b.grad()));
  CHECK(idle.equal(start));
  optimizer.set_lr(1, 0);
  const at::Tensor before = b.detach().clone();
  optimizer.step();
  CHECK(b.equal(before));
  optimizer.zero_grad();
  CHECK_FALSE(a.grad().defined());
}

TEST_CASE("dtypes mix within a group, and gradients of another layout are understood") {
  for (const OptimizerKind* kind : optimizer_kinds()) {
    CAPTURE(kind->name);
    const at::Tensor narrow = parameter({4, 5}, 2, at::kFloat), plain = parameter({4, 5}, 3),
                     turned = parameter({4, 5}, 3);
    Optimizer optimizer(*kind);
    add(optimizer, {{"narrow", narrow}, {"plain", plain}, {"turned", turned}});
    for (int step = 0; step < 3; ++step) {
      set_gradient(narrow, 4);
      set_gradient(plain, 7 + step);
      turned.mutable_grad() = plain.grad().t().contiguous().t();
      optimizer.step();
    }
    CHECK(plain.equal(turned));
    CHECK(narrow.isfinite().all().item<bool>());
  }
}

TEST_CASE("a saved state resumes bit by bit") {
  for (const OptimizerKind* kind : optimizer_kinds()) {
    CAPTURE(kind->name);
    const at::Tensor a = parameter({3, 2}, 1), b = parameter({5}, 2);
    Optimizer optimizer(*kind);
    add(optimizer, {{"a", a}, {"b", b}});
    const auto steps = [](Optimizer& o, const at::Tensor& first, const at::Tensor& second, int from, int to) {
      for (int i = from; i < to; ++i) {
        set_gradient(first, 10 + i);
        set_gradient(second, 20 + i);
        o.step();
      }
    };
    for (const char* name : {"momentum", "centered", "amsgrad"}) {
      if (optimizer.defaults().knows(name)) {
        const bool flag = kind->options[optimizer.defaults().find(name)].kind == OptionKind::flag;
        optimizer.set_option(0, optimizer.defaults().find(name), {flag ? 1 : 0.9});
      }
    }
    steps(optimizer, a, b, 0, 4);
    OptimizerState state = optimizer.state();
    for (auto& entry : state.tensors) entry.tensor = entry.tensor.clone();
    const at::Tensor c = a.detach().clone().set_requires_grad(true),
                     d = b.detach().clone().set_requires_grad(true);
    steps(optimizer, a, b, 4, 9);

    Optimizer resumed(*kind);
    add(resumed, {{"a", c}, {"b", d}}, 0.7);  // the rate comes with the state
    resumed.load_state(state);
    steps(resumed, c, d, 4, 9);
    CHECK(a.equal(c));
    CHECK(b.equal(d));
  }
}

TEST_CASE("a state that does not fit changes nothing") {
  const at::Tensor a = parameter({3}, 1);
  Optimizer optimizer(optimizer_kind("Adam"));
  add(optimizer, {{"a", a}});
  set_gradient(a, 2);
  optimizer.step();
  const OptimizerState good = optimizer.state();

  OptimizerState bad = good;
  bad.tensors[1].tensor = at::zeros({4}, at::kDouble);
  CHECK_THROWS_WITH(optimizer.load_state(bad),
                    "Adam: load_state_dict: 'a.exp_avg': expected shape [3], got [4]");
  bad = good;
  bad.tensors.pop_back();
  CHECK_THROWS_WITH(optimizer.load_state(bad), "Adam: load_state_dict: 'a.exp_avg_sq' is missing");
  bad = good;
  bad.tensors.push_back({"z.step", at::zeros({})});
  CHECK_THROWS_WITH(optimizer.load_state(bad), "Adam: load_state_dict: 'z.step' belongs to no parameter");
  bad = good;
  bad.numbers.erase(bad.numbers.begin());
  CHECK_THROWS_WITH(optimizer.load_state(bad), "Adam: load_state_dict: '1.lr' is missing");
  bad = good;
  bad.numbers.emplace_back("2.lr", 1);
  CHECK_THROWS_WITH(optimizer.load_state(bad), "Adam: load_state_dict: '2.lr' belongs to no group");
  CHECK(optimizer.state().tensors[1].tensor.is_same(good.tensors[1].tensor));
}

TEST_CASE("what cannot be optimised is refused") {
  const at::Tensor a = parameter({3}, 1);
  Optimizer optimizer(optimizer_kind("SGD"));
  add(optimizer, {{"a", a}});
  CHECK_THROWS_WITH(add(optimizer, {{"a", parameter({2}, 1)}}), "SGD: parameter 'a': the name is taken");
  CHECK_THROWS_WITH(add(optimizer, {{"b", a}}),
                    "SGD: parameter 'b': the tensor is already among the parameters");
  CHECK_THROWS_WITH(add(optimizer, {{"b", a * 2}}),
                    "SGD: parameter 'b': expected a leaf, got the result of an operation");
  CHECK_THROWS_WITH(add(optimizer, {{"b", at::zeros({2}, at::kLong)}}),
                    "SGD: parameter 'b': expected a floating dtype, got Long");
  CHECK_THROWS_WITH(optimizer.group(1), "SGD: expected a group in 1..1, got 2");
  CHECK_THROWS_WITH(optimizer_kind("Adamw"), "unknown optimiser 'Adamw', did you mean 'AdamW'?");

  const at::Tensor column = numbers({4, 2}).select(1, 0).detach().set_requires_grad(true);
  column.mutable_grad() = at::ones({4}, at::kDouble);
  Optimizer strided(optimizer_kind("SGD"));
  add(strided, {{"column", column}});
  CHECK_THROWS_WITH(strided.step(),
                    "SGD: parameter 'column': expected dense memory, got a view with strides [2]");
}
