// Weights of JAX: what is computed from them by JAX's formulas, written out here, equals what the layers compute.
#include "models/jax_weights.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/npy.h"
#include "io/tensor.h"
#include "io/value.h"
#include "models/chain.h"
#include "models/weights.h"
#include "nn/layers/attention.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm.h"
#include "scratch.h"

using namespace brain;
using Catch::Matchers::Contains;
using State = std::vector<nn::NamedTensor>;

namespace {

constexpr std::int64_t kWidth = 6, kHeads = 2, kDepth = 3, kHidden = 5, kPatch = 2, kTokens = 5, kClasses = 4;

at::Tensor drawn(at::IntArrayRef shape) { return at::randn(shape); }

State transformer(const std::string& prefix = "", bool big_vision = false) {
  at::manual_seed(1);
  State state;
  const auto add = [&](const std::string& name, at::IntArrayRef shape) { state.push_back({prefix + name, drawn(shape)}); };
  add("cls", {1, 1, kWidth});
  add("embedding/kernel", {kPatch, kPatch, 3, kWidth});
  add("embedding/bias", {kWidth});
  add(big_vision ? "pos_embedding" : "Transformer/posembed_input/pos_embedding", {1, kTokens, kWidth});
  const std::string block = "Transformer/encoderblock_0/", attention = block + (big_vision ? "MultiHeadDotProductAttention_0/" : "MultiHeadDotProductAttention_1/"),
                    second = block + (big_vision ? "LayerNorm_1/" : "LayerNorm_2/"), mlp = block + (big_vision ? "MlpBlock_0/" : "MlpBlock_3/");
  for (const char* part : {"query", "key", "value"}) {
    add(attention + part + "/kernel", {kWidth, kHeads, kDepth});
    add(attention + part + "/bias", {kHeads, kDepth});
  }
  add(attention + "out/kernel", {kHeads, kDepth, kWidth});
  add(attention + "out/bias", {kWidth});
  for (const std::string& norm : {block + "LayerNorm_0/", second, std::string("Transformer/encoder_norm/")}) {
    add(norm + "scale", {kWidth});
    add(norm + "bias", {kWidth});
  }
  add(mlp + "Dense_0/kernel", {kWidth, kHidden});
  add(mlp + "Dense_0/bias", {kHidden});
  add(mlp + "Dense_1/kernel", {kHidden, kWidth});
  add(mlp + "Dense_1/bias", {kWidth});
  add("head/kernel", {kWidth, kClasses});
  add("head/bias", {kClasses});
  return state;
}

at::Tensor of(const State& state, const std::string& name) {
  for (const auto& [own, value] : state)
    if (own == name) return value;
  INFO(name);
  FAIL("no such tensor");
  return {};
}

}  // namespace

TEST_CASE("attention by JAX's einsums equals the layer with the converted weights") {
  const State jax = transformer();
  const State torch_state = models::from_jax(jax);
  nn::MultiheadAttention layer(kWidth, kHeads, {.batch_first = true});
  const std::string own = "encoder.layers.encoder_layer_0.self_attention.";
  State part;
  for (const char* name : {"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"}) part.push_back({name, of(torch_state, own + name)});
  layer.load_state_dict(part);
  const at::Tensor x = drawn({2, kTokens, kWidth});
  const std::string theirs = "Transformer/encoderblock_0/MultiHeadDotProductAttention_1/";
  const auto project = [&](const std::string& name) {
    return at::einsum("ntw,whd->nthd", {x, of(jax, theirs + name + "/kernel")}) + of(jax, theirs + name + "/bias");
  };
  const at::Tensor weights = at::einsum("nqhd,nkhd->nhqk", {project("query"), project("key")}).div(std::sqrt(double{kDepth})).softmax(-1);
  const at::Tensor mixed = at::einsum("nhqk,nkhd->nqhd", {weights, project("value")});
  const at::Tensor expected = at::einsum("nqhd,hdw->nqw", {mixed, of(jax, theirs + "out/kernel")}) + of(jax, theirs + "out/bias");
  const auto attended = layer.call({x, x, x, {}, false}).toTuple()->elements()[0].toTensor();
  CHECK(at::allclose(attended, expected, 1e-5, 1e-6));
}

TEST_CASE("kernels of patches and dense layers") {
  const State jax = transformer(), state = models::from_jax(jax);
  const at::Tensor picture = drawn({1, 3, kPatch, kPatch}), kernel = of(jax, "embedding/kernel");
  const at::Tensor patch = at::conv2d(picture, of(state, "conv_proj.weight"), of(state, "conv_proj.bias")).flatten();
  at::Tensor expected = of(jax, "embedding/bias").clone();
  for (std::int64_t y = 0; y < kPatch; ++y)
    for (std::int64_t x = 0; x < kPatch; ++x)
      for (std::int64_t c = 0; c < 3; ++c) expected += picture[0][c][y][x] * kernel[y][x][c];
  CHECK(at::allclose(patch, expected, 1e-5, 1e-6));
  const at::Tensor tokens = drawn({4, kWidth});
  const std::string mlp = "Transformer/encoderblock_0/MlpBlock_3/Dense_0/";
  CHECK(at::allclose(at::linear(tokens, of(state, "encoder.layers.encoder_layer_0.mlp.0.weight"), of(state, "encoder.layers.encoder_layer_0.mlp.0.bias")),
                     tokens.matmul(of(jax, mlp + "kernel")) + of(jax, mlp + "bias"), 1e-5, 1e-6));
  CHECK(at::equal(of(state, "encoder.layers.encoder_layer_0.ln_2.weight"), of(jax, "Transformer/encoderblock_0/LayerNorm_2/scale")));
  CHECK(at::equal(of(state, "heads.head.weight"), of(jax, "head/kernel").t()));
  CHECK(state.size() == 20);  // the six of query, key and value are two
}

TEST_CASE("prefixes of training programs and big_vision's numbers give the same") {
  const State plain = models::from_jax(transformer());
  for (const State& other : {transformer("opt/target/"), transformer("params/"), transformer("", true)}) {
    CHECK(models::is_jax_state(other));
    for (const auto& [name, value] : models::from_jax(other)) CHECK(at::equal(value, of(plain, name)));
  }
  CHECK_FALSE(models::is_jax_state(plain));
}

TEST_CASE("an MLP-Mixer and a BiT by timm's names") {
  const State mixer = models::from_jax({{"stem/kernel", drawn({2, 2, 3, 4})}, {"stem/bias", drawn({4})}, {"MixerBlock_0/LayerNorm_0/scale", drawn({4})},
    {"MixerBlock_0/token_mixing/Dense_0/kernel", drawn({7, 5})}, {"MixerBlock_0/channel_mixing/Dense_1/bias", drawn({4})},
    {"pre_head_layer_norm/bias", drawn({4})}, {"head/kernel", drawn({4, 10})}});
  CHECK(of(mixer, "stem.proj.weight").sizes() == at::IntArrayRef({4, 3, 2, 2}));
  CHECK(of(mixer, "blocks.0.mlp_tokens.fc1.weight").sizes() == at::IntArrayRef({5, 7}));
  CHECK(of(mixer, "blocks.0.mlp_channels.fc2.bias").numel() == 4);
  CHECK(of(mixer, "norm.bias").numel() == 4);
  CHECK(of(mixer, "head.weight").sizes() == at::IntArrayRef({10, 4}));
  const at::Tensor kernel = drawn({3, 3, 5, 7});
  const State bit = models::from_jax({{"resnet/root_block/standardized_conv2d/kernel", drawn({7, 7, 3, 8})},
    {"resnet/block2/unit03/b/standardized_conv2d/kernel", kernel}, {"resnet/block2/unit03/b/group_norm/gamma", drawn({7})},
    {"resnet/block1/unit01/a/proj/standardized_conv2d/kernel", drawn({1, 1, 8, 16})}, {"resnet/group_norm/beta", drawn({16})},
    {"resnet/head/conv2d/kernel", drawn({1, 1, 16, 10})}, {"resnet/head/conv2d/bias", drawn({10})}});
  CHECK(of(bit, "stages.1.blocks.2.conv2.weight")[4][3][1][2].item<float>() == kernel[1][2][3][4].item<float>());
  CHECK(of(bit, "stages.1.blocks.2.norm2.weight").numel() == 7);
  CHECK(of(bit, "stages.0.blocks.0.downsample.conv.weight").sizes() == at::IntArrayRef({16, 8, 1, 1}));
  CHECK(of(bit, "head.fc.weight").sizes() == at::IntArrayRef({10, 16, 1, 1}));
}

TEST_CASE("an archive fills a network of these names") {
  const Scratch scratch;
  const std::string path = scratch.path("jax.npz");
  io::Dict dict;
  const State jax = transformer();
  for (const auto& [name, value] : jax) dict.put(name, io::Value::of(io::array_of(value, "test")));
  io::write_npz(path, io::Value::of(std::move(dict)));
  using models::Chain, models::NamedLayers;
  const auto chain = [](const NamedLayers& layers) { return std::make_shared<Chain>("Chain", layers); };
  const auto norm = [] { return std::make_shared<nn::LayerNorm>(kWidth); };
  const auto mlp = chain({{"0", std::make_shared<nn::Linear>(kWidth, kHidden)}, {"3", std::make_shared<nn::Linear>(kHidden, kWidth)}});
  const auto block = chain({{"ln_1", norm()}, {"self_attention", std::make_shared<nn::MultiheadAttention>(kWidth, kHeads)}, {"ln_2", norm()}, {"mlp", mlp}});
  struct Whole : nn::Copyable<Whole> {
    Whole(nn::LayerPtr projection, nn::LayerPtr encoder, nn::LayerPtr heads) {
      add_parameter("class_token", at::zeros({1, 1, kWidth}));
      add_child("conv_proj", std::move(projection));
      add_child("encoder", std::move(encoder));
      add_child("heads", std::move(heads));
    }
    std::string class_name() const override { return "Whole"; }
    at::Tensor forward(const at::Tensor& x) override { return x; }
  };
  struct Encoder : nn::Copyable<Encoder> {
    Encoder(nn::LayerPtr layers, nn::LayerPtr last) {
      add_parameter("pos_embedding", at::zeros({1, kTokens, kWidth}));
      add_child("layers", std::move(layers));
      add_child("ln", std::move(last));
    }
    std::string class_name() const override { return "Encoder"; }
    at::Tensor forward(const at::Tensor& x) override { return x; }
  };
  Whole network(std::make_shared<nn::Conv2d>(3, kWidth, nn::Conv2dOptions{.kernel_size = kPatch}),
                std::make_shared<Encoder>(chain({{"encoder_layer_0", block}}), norm()), chain({{"head", std::make_shared<nn::Linear>(kWidth, kClasses)}}));
  models::load_weights(network, {.name = "toy", .build = nullptr}, path);
  for (const auto& [name, value] : models::from_jax(jax)) {
    INFO(name);
    CHECK(at::equal(of(network.state_dict(), name), value));
  }
}

TEST_CASE("what is no such variable is named") {
  State state = transformer();
  state.push_back({"Transformer/encoderblock_0/Other/kernel", drawn({2, 2})});
  CHECK_THROWS_WITH(models::from_jax(state), "'Transformer/encoderblock_0/Other/kernel' is no variable of a Vision Transformer, MLP-Mixer or BiT");
  State half = transformer();
  half.erase(std::find_if(half.begin(), half.end(), [](const auto& one) { return one.name.ends_with("query/bias"); }));
  CHECK_THROWS_WITH(models::from_jax(half), Contains("in_proj_bias: expected query, key and value, found some of them"));
  CHECK_THROWS_WITH(models::from_jax({{"weight", drawn({2})}}), Contains("expected variables of a Vision Transformer"));
  CHECK_THROWS_WITH(models::from_jax({{"Transformer/encoder_norm/kernel", drawn({2, 2, 2})}}), Contains("expected a kernel of 2 or 4 axes"));
}
