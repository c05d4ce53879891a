// Whole networks in Lua: their stages, every call they make, read-outs of responses.
#include "bindings/wrap_nn.h"

#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "nn/encoding_head.h"
#include "nn/layers/norm.h"
#include "nn/trace.h"

namespace brain {

namespace {

nn::Layer& self_of(lua_State* L, const char* method) { return *check_layer(L, 1, method); }

void push_integers(lua_State* L, const std::vector<std::int64_t>& values) {
  lua_createtable(L, static_cast<int>(values.size()), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    lua_pushinteger(L, values[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
}

void set_text(lua_State* L, const char* field, const std::string& text) {
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, field);
}

// m:stages() -> list of layers whose composition is forward; empty where the network is no such chain
int stages(lua_State* L) {
  const auto list = self_of(L, "stages").stages();
  lua_createtable(L, static_cast<int>(list.size()), 0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    push_layer(L, list[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  return 1;
}

int has_hooks(lua_State* L) { return lua_pushboolean(L, self_of(L, "has_hooks").has_hooks()), 1; }
int is_frozen(lua_State* L) { return lua_pushboolean(L, self_of(L, "is_frozen").is_frozen()), 1; }

// m:set_batch_norm_momentum(momentum or nil) -> how many norms
int batch_norm_momentum(lua_State* L) {
  std::optional<double> momentum;
  if (!lua_isnoneornil(L, 2)) momentum = luax::check_number(L, 2, "set_batch_norm_momentum", "momentum");
  lua_pushinteger(L, nn::set_batch_norm_momentum(self_of(L, "set_batch_norm_momentum"), momentum));
  return 1;
}

// m:layers(x) -> Frame of calls; the registry's "brain.layers_frame" makes it of a list of records
int layers(lua_State* L) {
  nn::Layer& network = self_of(L, "layers");
  const auto calls = nn::trace_calls(network, check_tensor(L, 2, "layers", "x"));
  lua_getfield(L, LUA_REGISTRYINDEX, "brain.layers_frame");
  lua_createtable(L, static_cast<int>(calls.size()), 0);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    lua_createtable(L, 0, 6);
    set_text(L, "name", calls[i].name);
    set_text(L, "class", calls[i].class_name);
    set_text(L, "numbered", calls[i].numbered);
    set_text(L, "duplicate_of", calls[i].duplicate_of);
    push_integers(L, calls[i].shape);
    lua_setfield(L, -2, "shape");
    lua_pushinteger(L, calls[i].parameters);
    lua_setfield(L, -2, "parameters");
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  lua_call(L, 1, 1);
  return 1;
}

}  // namespace

// nn.EncodingHead(trunk, {taps = {names}, width = 128, outputs = n, input = {3, 224, 224}})
int new_encoding_head(lua_State* L) {
  constexpr const char* kName = "nn.EncodingHead";
  nn::LayerPtr trunk = check_layer(L, 1, kName, "trunk");
  luax::Options options(L, 2, kName);
  if (!options.get("taps")) fail(kName, ": taps: expected a list of layer names");
  const auto taps = check_patterns(L, -1, kName);
  const auto width = options.integer("width", 128);
  if (!options.get("outputs")) fail(kName, ": outputs: expected how many responses to predict");
  const auto outputs = luax::check_integer(L, -1, kName, "outputs");
  std::vector<std::int64_t> shape = {1, 3, 224, 224};
  if (options.get("input")) {
    shape = check_shape(L, lua_gettop(L), kName);
    shape.insert(shape.begin(), 1);
  }
  options.finish();
  at::TensorOptions like;
  if (const auto parameters = trunk->named_parameters(); !parameters.empty()) like = parameters.front().value.options();
  auto head = std::make_shared<nn::EncodingHead>(trunk, taps, width, outputs, at::zeros(shape, like));
  head->to(like.device(), std::nullopt);
  push_layer(L, std::move(head));
  return 1;
}

const luaL_Reg layer_network_methods[] = {{"stages", luax::guarded<stages>},
                                          {"has_hooks", luax::guarded<has_hooks>},
                                          {"is_frozen", luax::guarded<is_frozen>},
                                          {"set_batch_norm_momentum", luax::guarded<batch_norm_momentum>},
                                          {"layers", luax::guarded<layers>},
                                          {nullptr, nullptr}};

}  // namespace brain
