// Constructors of the standard layers: PyTorch's names, order and defaults. `inplace` is taken and changes nothing.
#include "bindings/layer_arguments.h"
#include "bindings/wrap_nn.h"
#include "nn/layers/activation.h"
#include "nn/layers/attention.h"
#include "nn/layers/container.h"
#include "nn/layers/conv.h"
#include "nn/layers/dropout.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm.h"
#include "nn/layers/pooling.h"
#include "nn/layers/shape.h"

namespace brain {

namespace {

template <class T, class... Arguments>
int push(lua_State* L, Arguments&&... arguments) {
  push_layer(L, std::make_shared<T>(std::forward<Arguments>(arguments)...));
  return 1;
}

// Layers without settings.
template <class T>
int plain(lua_State* L) {
  const LayerArguments a(L, "nn." + T().class_name(), {});
  return push<T>(L);
}

template <class T>
int plain_inplace(lua_State* L) {
  LayerArguments(L, "nn." + T().class_name(), {"inplace"}).boolean("inplace", false);
  return push<T>(L);
}

int identity(lua_State* L) { return push<nn::Identity>(L); }  // takes anything, as PyTorch's

int linear(lua_State* L) {
  const LayerArguments a(L, "nn.Linear", {"in_features", "out_features", "bias"});
  return push<nn::Linear>(L, a.integer("in_features"), a.integer("out_features"), a.boolean("bias", true));
}

template <class T, std::size_t N>
int conv(lua_State* L) {
  const LayerArguments a(L, "nn.Conv" + std::to_string(N) + "d",
                         {"in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias",
                          "padding_mode"});
  nn::ConvOptions<N> options;
  options.kernel_size = a.per_axis<N>("kernel_size");
  options.stride = a.per_axis<N>("stride", 1);
  options.padding = a.padding<N>("padding");
  options.dilation = a.per_axis<N>("dilation", 1);
  options.groups = a.integer("groups", 1);
  options.bias = a.boolean("bias", true);
  options.padding_mode = a.string("padding_mode", "zeros");
  return push<T>(L, a.integer("in_channels"), a.integer("out_channels"), options);
}

int conv_transpose2d(lua_State* L) {
  const LayerArguments a(L, "nn.ConvTranspose2d",
                         {"in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups",
                          "bias", "dilation"});
  nn::ConvTranspose2dOptions options;
  options.kernel_size = a.per_axis<2>("kernel_size");
  options.stride = a.per_axis<2>("stride", 1);
  options.padding = a.per_axis<2>("padding", 0);
  options.output_padding = a.per_axis<2>("output_padding", 0);
  options.groups = a.integer("groups", 1);
  options.bias = a.boolean("bias", true);
  options.dilation = a.per_axis<2>("dilation", 1);
  return push<nn::ConvTranspose2d>(L, a.integer("in_channels"), a.integer("out_channels"), options);
}

template <class T>
int channel_norm(lua_State* L, const char* name, const nn::BatchNormOptions& otherwise) {
  const LayerArguments a(L, name, {"num_features", "eps", "momentum", "affine", "track_running_stats", "bias"});
  nn::BatchNormOptions options;
  options.eps = a.number("eps", otherwise.eps);
  options.momentum = a.maybe_number("momentum", otherwise.momentum);
  options.affine = a.boolean("affine", otherwise.affine);
  options.track_running_stats = a.boolean("track_running_stats", otherwise.track_running_stats);
  options.bias = a.boolean("bias", otherwise.bias);
  return push<T>(L, a.integer("num_features"), options);
}

int batch_norm1d(lua_State* L) { return channel_norm<nn::BatchNorm1d>(L, "nn.BatchNorm1d", {}); }
int batch_norm2d(lua_State* L) { return channel_norm<nn::BatchNorm2d>(L, "nn.BatchNorm2d", {}); }
int batch_norm3d(lua_State* L) { return channel_norm<nn::BatchNorm3d>(L, "nn.BatchNorm3d", {}); }
int instance_norm2d(lua_State* L) {
  return channel_norm<nn::InstanceNorm2d>(L, "nn.InstanceNorm2d", nn::InstanceNorm2d::defaults());
}

int layer_norm(lua_State* L) {
  const LayerArguments a(L, "nn.LayerNorm", {"normalized_shape", "eps", "elementwise_affine", "bias"});
  const nn::LayerNormOptions options{a.number("eps", 1e-5), a.boolean("elementwise_affine", true),
                                     a.boolean("bias", true)};
  return push<nn::LayerNorm>(L, a.integers("normalized_shape"), options);
}

int group_norm(lua_State* L) {
  const LayerArguments a(L, "nn.GroupNorm", {"num_groups", "num_channels", "eps", "affine", "bias"});
  const nn::GroupNormOptions options{a.number("eps", 1e-5), a.boolean("affine", true), a.boolean("bias", true)};
  return push<nn::GroupNorm>(L, a.integer("num_groups"), a.integer("num_channels"), options);
}

int rms_norm(lua_State* L) {
  const LayerArguments a(L, "nn.RMSNorm", {"normalized_shape", "eps", "elementwise_affine"});
  const nn::RMSNormOptions options{a.maybe_number("eps"), a.boolean("elementwise_affine", true)};
  return push<nn::RMSNorm>(L, a.integers("normalized_shape"), options);
}

int gelu(lua_State* L) {
  const LayerArguments a(L, "nn.GELU", {"approximate"});
  return push<nn::GELU>(L, a.string("approximate", "none"));
}

template <class T>
int softmax(lua_State* L) {
  const LayerArguments a(L, "nn." + T().class_name(), {"dim"});
  return push<T>(L, a.maybe_integer("dim"));
}

// One number and inplace.
template <class T>
int one_number(lua_State* L, const char* name, double otherwise) {
  const LayerArguments a(L, "nn." + T().class_name(), {name, "inplace"});
  a.boolean("inplace", false);
  return push<T>(L, a.number(name, otherwise));
}

int leaky_relu(lua_State* L) { return one_number<nn::LeakyReLU>(L, "negative_slope", 0.01); }
int elu(lua_State* L) { return one_number<nn::ELU>(L, "alpha", 1); }
int dropout(lua_State* L) { return one_number<nn::Dropout>(L, "p", 0.5); }
int dropout2d(lua_State* L) { return one_number<nn::Dropout2d>(L, "p", 0.5); }

int softplus(lua_State* L) {
  const LayerArguments a(L, "nn.Softplus", {"beta", "threshold"});
  return push<nn::Softplus>(L, a.number("beta", 1), a.number("threshold", 20));
}

int prelu(lua_State* L) {
  const LayerArguments a(L, "nn.PReLU", {"num_parameters", "init"});
  return push<nn::PReLU>(L, a.integer("num_parameters", 1), a.number("init", 0.25));
}

template <class T, std::size_t N>
int max_pool(lua_State* L) {
  const LayerArguments a(L, "nn.MaxPool" + std::to_string(N) + "d",
                         {"kernel_size", "stride", "padding", "dilation", "ceil_mode"});
  nn::MaxPoolOptions<N> options;
  options.kernel_size = a.per_axis<N>("kernel_size");
  if (a.given("stride")) options.stride = a.per_axis<N>("stride");
  options.padding = a.per_axis<N>("padding", 0);
  options.dilation = a.per_axis<N>("dilation", 1);
  options.ceil_mode = a.boolean("ceil_mode", false);
  return push<T>(L, options);
}

int avg_pool2d(lua_State* L) {
  const LayerArguments a(L, "nn.AvgPool2d",
                         {"kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"});
  nn::AvgPool2dOptions options;
  options.kernel_size = a.per_axis<2>("kernel_size");
  if (a.given("stride")) options.stride = a.per_axis<2>("stride");
  options.padding = a.per_axis<2>("padding", 0);
  options.ceil_mode = a.boolean("ceil_mode", false);
  options.count_include_pad = a.boolean("count_include_pad", true);
  options.divisor_override = a.maybe_integer("divisor_override");
  return push<nn::AvgPool2d>(L, options);
}

template <class T, std::size_t N>
int adaptive_pool(lua_State* L) {
  const LayerArguments a(L, "nn." + T(nn::PerAxis<N>(1)).class_name(), {"output_size"});
  return push<T>(L, a.per_axis<N>("output_size", std::nullopt, true));
}

int stochastic_depth(lua_State* L) {
  const LayerArguments a(L, "nn.StochasticDepth", {"p", "mode"});
  return push<nn::StochasticDepth>(L, a.number("p"), a.string("mode", "row"));
}

int flatten(lua_State* L) {
  const LayerArguments a(L, "nn.Flatten", {"start_dim", "end_dim"});
  return push<nn::Flatten>(L, a.integer("start_dim", 1), a.integer("end_dim", -1));
}

int unflatten(lua_State* L) {
  const LayerArguments a(L, "nn.Unflatten", {"dim", "unflattened_size"});
  return push<nn::Unflatten>(L, a.integer("dim"), a.integers("unflattened_size"));
}

int permute(lua_State* L) {
  const LayerArguments a(L, "nn.Permute", {"dims"});
  return push<nn::Permute>(L, a.integers("dims"));
}

int embedding(lua_State* L) {
  const LayerArguments a(L, "nn.Embedding", {"num_embeddings", "embedding_dim", "padding_idx", "scale_grad_by_freq"});
  const nn::EmbeddingOptions options{a.maybe_integer("padding_idx"), a.boolean("scale_grad_by_freq", false)};
  return push<nn::Embedding>(L, a.integer("num_embeddings"), a.integer("embedding_dim"), options);
}

int multihead_attention(lua_State* L) {
  const LayerArguments a(L, "nn.MultiheadAttention",
                         {"embed_dim", "num_heads", "dropout", "bias", "kdim", "vdim", "batch_first"});
  const nn::MultiheadAttentionOptions options{a.number("dropout", 0), a.boolean("bias", true), a.maybe_integer("kdim"),
                                              a.maybe_integer("vdim"), a.boolean("batch_first", false)};
  return push<nn::MultiheadAttention>(L, a.integer("embed_dim"), a.integer("num_heads"), options);
}

int sequential(lua_State* L) { return push<nn::Sequential>(L, check_layers(L, "nn.Sequential")); }

int module_list(lua_State* L) {
  std::vector<nn::LayerPtr> layers;
  for (auto& [name, layer] : check_layers(L, "nn.ModuleList")) layers.push_back(std::move(layer));
  return push<nn::ModuleList>(L, layers);
}

}  // namespace

const luaL_Reg layer_constructors[] = {
    {"Linear", luax::guarded<linear>}, {"Conv1d", luax::guarded<conv<nn::Conv1d, 1>>},
    {"Conv2d", luax::guarded<conv<nn::Conv2d, 2>>}, {"Conv3d", luax::guarded<conv<nn::Conv3d, 3>>},
    {"ConvTranspose2d", luax::guarded<conv_transpose2d>}, {"BatchNorm1d", luax::guarded<batch_norm1d>},
    {"BatchNorm2d", luax::guarded<batch_norm2d>}, {"BatchNorm3d", luax::guarded<batch_norm3d>},
    {"InstanceNorm2d", luax::guarded<instance_norm2d>}, {"LayerNorm", luax::guarded<layer_norm>},
    {"GroupNorm", luax::guarded<group_norm>}, {"RMSNorm", luax::guarded<rms_norm>},
    {"ReLU", luax::guarded<plain_inplace<nn::ReLU>>}, {"ReLU6", luax::guarded<plain_inplace<nn::ReLU6>>},
    {"GELU", luax::guarded<gelu>}, {"QuickGELU", luax::guarded<plain<nn::QuickGELU>>},
    {"SiLU", luax::guarded<plain_inplace<nn::SiLU>>}, {"Sigmoid", luax::guarded<plain<nn::Sigmoid>>},
    {"Tanh", luax::guarded<plain<nn::Tanh>>}, {"Softmax", luax::guarded<softmax<nn::Softmax>>},
    {"LogSoftmax", luax::guarded<softmax<nn::LogSoftmax>>}, {"Hardswish", luax::guarded<plain_inplace<nn::Hardswish>>},
    {"Hardsigmoid", luax::guarded<plain_inplace<nn::Hardsigmoid>>}, {"LeakyReLU", luax::guarded<leaky_relu>},
    {"ELU", luax::guarded<elu>}, {"Softplus", luax::guarded<softplus>}, {"PReLU", luax::guarded<prelu>},
    {"MaxPool1d", luax::guarded<max_pool<nn::MaxPool1d, 1>>}, {"MaxPool2d", luax::guarded<max_pool<nn::MaxPool2d, 2>>},
    {"AvgPool2d", luax::guarded<avg_pool2d>},
    {"AdaptiveAvgPool1d", luax::guarded<adaptive_pool<nn::AdaptiveAvgPool1d, 1>>},
    {"AdaptiveAvgPool2d", luax::guarded<adaptive_pool<nn::AdaptiveAvgPool2d, 2>>},
    {"AdaptiveMaxPool2d", luax::guarded<adaptive_pool<nn::AdaptiveMaxPool2d, 2>>},
    {"Dropout", luax::guarded<dropout>}, {"Dropout2d", luax::guarded<dropout2d>}, {"Identity", luax::guarded<identity>},
    {"StochasticDepth", luax::guarded<stochastic_depth>},
    {"Flatten", luax::guarded<flatten>}, {"Unflatten", luax::guarded<unflatten>}, {"Permute", luax::guarded<permute>},
    {"Embedding", luax::guarded<embedding>}, {"MultiheadAttention", luax::guarded<multihead_attention>},
    {"Sequential", luax::guarded<sequential>},
    {"ModuleList", luax::guarded<module_list>}, {nullptr, nullptr}};

}  // namespace brain
