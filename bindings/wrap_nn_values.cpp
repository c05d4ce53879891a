// What layers take and give, as Lua values.
#include "bindings/wrap_nn.h"

#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"

namespace brain {

// A Lua argument of forward: a tensor, number, boolean, string, nil, or a list of tensors.
nn::Value to_layer_value(lua_State* L, int index, const char* function) {
  if (const TensorHandle* handle = test_tensor(L, index)) return tensor_of(handle);
  switch (lua_type(L, index)) {
    case LUA_TNIL: return {};
    case LUA_TBOOLEAN: return lua_toboolean(L, index) != 0;
    case LUA_TNUMBER: return lua_isinteger(L, index) ? nn::Value(std::int64_t{lua_tointeger(L, index)}) : nn::Value(lua_tonumber(L, index));
    case LUA_TSTRING: return std::string(lua_tostring(L, index));
    case LUA_TTABLE: {
      std::vector<at::Tensor> list;
      for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
        lua_rawgeti(L, index, i);
        list.push_back(check_tensor(L, -1, function, "list element"));
        lua_pop(L, 1);
      }
      return list;
    }
    default: luax::argument_error(function, "input", "Tensor, number, string or list of Tensors", L, index);
  }
}

// Several outputs come as several values.
int push_layer_output(lua_State* L, nn::Value&& output) {
  if (!output.isTuple()) return push_value(L, std::move(output), Kind::Unsupported), 1;
  const auto elements = output.toTupleRef().elements().vec();
  luaL_checkstack(L, static_cast<int>(elements.size()) + 4, "outputs");
  for (const auto& element : elements) push_value(L, nn::Value(element), Kind::Unsupported);
  return static_cast<int>(elements.size());
}

// A list of glob patterns: a string or a list of strings.
std::vector<std::string> check_patterns(lua_State* L, int index, const char* function) {
  if (lua_type(L, index) == LUA_TSTRING) return {lua_tostring(L, index)};
  if (lua_type(L, index) != LUA_TTABLE || luax::is_options(L, index))
    luax::argument_error(function, "names", "pattern or list of patterns", L, index);
  std::vector<std::string> patterns;
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
    lua_rawgeti(L, index, i);
    patterns.push_back(luax::check_string(L, -1, function, "names"));
    lua_pop(L, 1);
  }
  return patterns;
}

// A table name -> tensor that keeps the order in a list part of names under `pairs`.
void push_named(lua_State* L, const std::vector<nn::NamedTensor>& list) {
  lua_createtable(L, 0, static_cast<int>(list.size()));
  lua_createtable(L, static_cast<int>(list.size()), 0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    push_tensor(L, list[i].value);
    lua_setfield(L, -3, list[i].name.c_str());
    lua_pushlstring(L, list[i].name.data(), list[i].name.size());
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  lua_getfield(L, LUA_REGISTRYINDEX, "brain.ordered");  // function(table, names) -> table whose pairs() keeps the order
  lua_insert(L, -3);
  lua_call(L, 2, 1);
}

}  // namespace brain
