#pragma once
// Layers in Lua: `nn` and the methods of its modules.
#include "bindings/lua/luax.h"
#include "nn/layer.h"

namespace brain {

void push_layer(lua_State* L, nn::LayerPtr layer);
nn::LayerPtr check_layer(lua_State* L, int index, const char* function, const char* argument = "self");
bool is_layer(lua_State* L, int index);

// A Lua argument of forward: a tensor, number, boolean, string, nil, or a list of tensors.
nn::Value to_layer_value(lua_State* L, int index, const char* function);
// Pushes what a layer gave; several outputs come as several values.
int push_layer_output(lua_State* L, nn::Value&& output);
// A glob pattern or a list of them.
std::vector<std::string> check_patterns(lua_State* L, int index, const char* function);
// Pushes a table name -> tensor whose pairs() keeps the order.
void push_named(lua_State* L, const std::vector<nn::NamedTensor>& list);

extern const luaL_Reg layer_state_methods[];
extern const luaL_Reg layer_tap_methods[];
extern const luaL_Reg layer_network_methods[];  // wrap_nn_network.cpp
extern const luaL_Reg layer_constructors[];  // wrap_layers.cpp

int new_encoding_head(lua_State* L);

int luaopen_brain_nn(lua_State* L);

}  // namespace brain
