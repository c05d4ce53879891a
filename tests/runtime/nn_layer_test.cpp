// Replacing, cloning, freezing and tapping are tested on what forward really runs, with shared and repeated layers.
#include "nn/layer.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "nn/taps.h"
#include "small_network.h"

using namespace brain::nn;

TEST_CASE("names, parameters and the state dict follow the tree") {
  auto net = network();
  CHECK(run(*net) == 60);
  CHECK(names(net->named_parameters()) == std::vector<std::string>{"inner.inner.a", "inner.last.a", "last.a"});
  CHECK(names(net->state_dict()) ==
        std::vector<std::string>{"count", "inner.count", "inner.inner.a", "inner.last.a", "last.a"});
  CHECK(net->count_parameters() == 3);
  CHECK(net->get("inner.last")->class_name() == "Scale");
  CHECK_THROWS_WITH(net->get("inner.lost"), "Repeat has no layer 'inner.lost', did you mean 'inner.last'?");
}

TEST_CASE("replace acts on what forward runs, at every depth") {
  auto net = network();
  net->replace("inner.inner", std::make_shared<Scale>(10));
  CHECK(run(*net) == 1500);
  net->replace("last", std::make_shared<Scale>(1));
  CHECK(run(*net) == 300);
  CHECK_THROWS_WITH(net->replace("inner.x", std::make_shared<Scale>(1)), Catch::Contains("has no layer 'inner.x'"));
  CHECK_THROWS_WITH(net->replace("inner", net), Catch::Contains("holds its own place"));
}

TEST_CASE("a clone is independent and keeps what is shared shared") {
  auto shared = std::make_shared<Scale>(2);
  auto net = std::make_shared<Repeat>(shared, shared, 2);
  CHECK(names(net->named_parameters()) == std::vector<std::string>{"inner.a"});
  CHECK(names(net->state_dict()) == std::vector<std::string>{"count", "inner.a", "last.a"});
  auto copy = net->clone();
  CHECK(copy->get("inner") == copy->get("last"));
  {
    at::AutoDispatchBelowADInplaceOrView guard;
    shared->parameters()[0].value.fill_(7);
  }
  CHECK(run(*net) == 343);
  CHECK(run(*copy) == 8);
  copy->replace("last", std::make_shared<Scale>(1));
  CHECK(run(*copy) == 4);
  CHECK(run(*net) == 343);
}

TEST_CASE("state dicts load whole or not at all") {
  auto net = network(), other = network();
  other->replace("last", std::make_shared<Scale>(11));
  net->load_state_dict(other->state_dict());
  CHECK(run(*net) == 132);
  auto state = other->state_dict();
  state.push_back({"extra", at::ones({1})});
  state[2].value = at::ones({3});
  state.erase(state.begin() + 4);
  const auto before = net->parameters().size();
  CHECK_THROWS_WITH(net->load_state_dict(state), Catch::Contains("1 missing: last.a; 1 unexpected: extra; 1 of another shape: "
                                                                "inner.inner.a (expected [1], found [3])"));
  CHECK(run(*net) == 132);
  const auto report = net->load_state_dict(state, false);
  CHECK(report.unexpected == std::vector<std::string>{"extra"});
  CHECK(before == net->parameters().size());
}

TEST_CASE("freezing pins eval and gradients, training leaves it") {
  auto net = network();
  net->freeze({"inner.**"});
  net->train();
  CHECK(net->training());
  CHECK_FALSE(net->get("inner.last")->training());
  CHECK(net->count_parameters(true) == 1);
  net->unfreeze({"inner.inner"});
  CHECK(net->get("inner.inner")->training());
  CHECK(net->count_parameters(true) == 2);
}

TEST_CASE("casts keep the parameter objects") {
  auto net = network();
  const auto* before = net->get("last")->parameters()[0].value.unsafeGetTensorImpl();
  net->to(std::nullopt, at::kDouble);
  CHECK(net->get("last")->parameters()[0].value.scalar_type() == at::kDouble);
  CHECK(net->get("last")->parameters()[0].value.unsafeGetTensorImpl() == before);
  CHECK_THROWS_WITH(net->to(std::nullopt, at::kLong), Catch::Contains("expected a float dtype"));
}

TEST_CASE("hooks see every call and may replace the output") {
  auto net = network();
  int calls = 0;
  const int number = net->get("inner.inner")->add_hook([&](Layer&, const Values&, const Value&) -> std::optional<Value> {
    ++calls;
    return std::nullopt;
  });
  net->get("last")->add_hook([](Layer&, const Values&, const Value& y) -> std::optional<Value> { return y.toTensor() + 1; });
  CHECK(run(*net) == 61);
  CHECK(calls == 2);
  net->get("inner.inner")->remove_hook(number);
  run(*net);
  CHECK(calls == 2);
}

TEST_CASE("several inputs and outputs") {
  auto layer = std::make_shared<Split>();
  Taps taps(*layer, {""});
  taps.run([&] { layer->call({at::zeros({1}), at::zeros({1})}); });
  CHECK(names(taps.results()) == std::vector<std::string>{".0", ".1"});
  CHECK_THROWS_WITH(layer->call({at::zeros({1})}, "encode_image"), "Split has no entry point 'encode_image'; it has forward");
  CHECK_THROWS_WITH((*layer)(at::zeros({1})), "Split: takes other inputs than one tensor");
}
