#include "nn/layers/attention.h"

#include <cmath>

#include "layer_checks.h"
#include "nn/layers/activation.h"
#include "nn/layers/linear.h"
#include "nn/taps.h"

using namespace brain::nn;

namespace {

// Attention of one query after the other.
at::Tensor slow_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  at::Tensor y = at::zeros({q.size(0), q.size(1), q.size(2), v.size(3)});
  for (std::int64_t n = 0; n < q.size(0); ++n)
    for (std::int64_t h = 0; h < q.size(1); ++h)
      for (std::int64_t i = 0; i < q.size(2); ++i) {
        const at::Tensor scores = at::matmul(k[n][h], q[n][h][i]) / std::sqrt(static_cast<double>(q.size(3)));
        const at::Tensor weights = scores.exp() / scores.exp().sum();
        y[n][h][i] = at::matmul(weights, v[n][h]);
      }
  return y;
}

std::shared_ptr<MultiheadAttention> small(MultiheadAttentionOptions options = {}) {
  seed(0);
  return std::make_shared<MultiheadAttention>(8, 2, options);
}

}  // namespace

TEST_CASE("fused and explicit attention agree with the definition") {
  seed(1);
  const at::Tensor q = at::randn({2, 3, 4, 5}), k = at::randn({2, 3, 6, 5}), v = at::randn({2, 3, 6, 5});
  auto softmax = std::make_shared<Softmax>(-1);
  const at::Tensor fused = attend(*softmax, q, k, v);
  CHECK(close(fused, slow_attention(q, k, v), 1e-5));
  int calls = 0;
  softmax->add_hook([&](Layer&, const Values&, const Value& weights) -> std::optional<Value> {
    ++calls;
    CHECK(weights.toTensor().sizes() == at::IntArrayRef({2, 3, 4, 6}));
    return std::nullopt;
  });
  CHECK(close(attend(*softmax, q, k, v), fused));
  CHECK(calls == 1);
}

TEST_CASE("causal attention sees no later key, with and without a mask, fused and not") {
  seed(2);
  const at::Tensor q = at::randn({1, 2, 4, 3}), mask = at::randn({4, 4});
  Softmax plain(-1);
  auto seen = std::make_shared<Softmax>(-1);
  seen->add_hook([](Layer&, const Values&, const Value&) { return std::optional<Value>(); });
  const at::Tensor first = attend(plain, q, q, q, {}, 0, true);
  CHECK(close(first.select(2, 0), q.select(2, 0)));
  CHECK(close(attend(*seen, q, q, q, {}, 0, true), first));
  CHECK(close(attend(*seen, q, q, q, mask, 0, true), attend(plain, q, q, q, mask, 0, true)));
}

TEST_CASE("MultiheadAttention keeps PyTorch's names in both forms") {
  auto packed = small();
  CHECK(state_names(*packed) ==
        std::vector<std::string>{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"});
  std::vector<std::string> parameters;
  for (const auto& entry : packed->named_parameters()) parameters.push_back(entry.name);
  CHECK(parameters == state_names(*packed));
  CHECK(packed->get("in_proj")->class_name() == "Linear");
  CHECK(state_names(*small({.bias = false, .kdim = 6})) ==
        std::vector<std::string>{"q_proj_weight", "k_proj_weight", "v_proj_weight", "out_proj.weight"});
}

TEST_CASE("taps and hooks on softmax and projections leave the output as it is") {
  auto layer = small({.batch_first = true});
  const at::Tensor x = at::randn({2, 3, 8}), fused = (*layer)(x);
  Taps taps(*layer, {"softmax", "in_proj", "out_proj"});
  at::Tensor tapped;
  taps.run([&] { tapped = (*layer)(x); });
  CHECK(close(tapped, fused));
  REQUIRE(taps.results().size() == 3);
  CHECK(taps.results()[0].value.sizes() == at::IntArrayRef({2, 3, 24}));
  CHECK(taps.results()[1].value.sizes() == at::IntArrayRef({2, 2, 3, 3}));
  CHECK(close(taps.results()[1].value.sum(-1), at::ones({2, 2, 3})));
  layer->get("softmax")->add_hook([](Layer&, const Values&, const Value& weights) -> std::optional<Value> {
    return at::zeros_like(weights.toTensor());
  });
  CHECK(close((*layer)(x), at::zeros({2, 3, 8})));  // out_proj starts from a bias of 0
}

TEST_CASE("what stands in the slots is what runs, also with other keys than queries") {
  auto layer = small();
  const at::Tensor x = at::randn({3, 1, 8}), y = at::randn({4, 1, 8});
  const auto output = [&] { return layer->call({x, y, y, Value(), false}).toTupleRef().elements()[0].toTensor(); };
  const at::Tensor before = output();
  auto other = std::make_shared<Linear>(at::zeros({24, 8}), at::zeros({24}));
  const auto original = layer->get("in_proj");
  layer->replace("in_proj", other);
  CHECK(close(output(), at::zeros({3, 1, 8})));
  CHECK(state_names(*layer)[0] == "in_proj_weight");
  layer->replace("in_proj", original);
  int calls = 0;
  original->add_hook([&](Layer&, const Values&, const Value&) { ++calls; return std::optional<Value>(); });
  CHECK(close(output(), before));
  CHECK(calls == 3);
}

TEST_CASE("a clone of attention is independent") {
  auto layer = small({.kdim = 8});
  check_clone(*layer, at::randn({3, 2, 8}));
}

TEST_CASE("weights average to one, masks hide keys") {
  auto layer = small({.batch_first = true});
  const at::Tensor x = at::randn({1, 3, 8});
  const at::Tensor hidden = at::tensor({0, 1, 0}, at::kLong).to(at::kBool).view({1, 3});
  const auto result = layer->call({x, x, x, hidden}).toTupleRef().elements().vec();
  CHECK(close(result[1].toTensor().sum(-1), at::ones({1, 3})));
  CHECK(result[1].toTensor().select(2, 1).max().item<double>() == 0);
  const auto fused = layer->call({x, x, x, hidden, false}).toTupleRef().elements().vec();
  CHECK(fused[1].isNone());
  CHECK(close(fused[0].toTensor(), result[0].toTensor()));
}

TEST_CASE("attention says what does not fit") {
  auto layer = small({.batch_first = true});
  const at::Tensor x = at::ones({2, 3, 8});
  CHECK_THROWS_WITH((*layer)(at::ones({2, 3, 7})), "MultiheadAttention: expected query [N, L, 8], found [2, 3, 7]");
  CHECK_THROWS_WITH(layer->call({x, at::ones({1, 4, 8}), x}), "MultiheadAttention: expected key [N, L, 8], found [1, 4, 8]");
  CHECK_THROWS_WITH(layer->call({x, x, x, at::zeros({2, 4})}),
                    "MultiheadAttention: expected key_padding_mask [2, 3], found [2, 4]");
  CHECK_THROWS_WITH(layer->call({x, x, x, Value(), true, at::zeros({2, 2})}),
                    "MultiheadAttention: expected attn_mask [3, 3] or [4, 3, 3], found [2, 2]");
  CHECK_THROWS_WITH(layer->call({x, x}), Catch::Contains("expected query, key and value"));
  CHECK_THROWS_WITH(MultiheadAttention(8, 3), "MultiheadAttention: expected heads that divide embed_dim 8, found 3");
}
