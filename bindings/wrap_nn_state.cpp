// Parameters and state dicts of layers in Lua.
#include "bindings/wrap_nn.h"

#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"

namespace brain {

namespace {

nn::Layer& self_of(lua_State* L, const char* method) { return *check_layer(L, 1, method); }

int parameters(lua_State* L) {
  const auto list = self_of(L, "parameters").named_parameters();
  lua_createtable(L, static_cast<int>(list.size()), 0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    push_tensor(L, list[i].value);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  return 1;
}

int named_parameters(lua_State* L) { return push_named(L, self_of(L, "named_parameters").named_parameters()), 1; }
int state_dict(lua_State* L) { return push_named(L, self_of(L, "state_dict").state_dict()), 1; }

// m:named_modules() -> list of {name, layer}
int named_modules(lua_State* L) {
  const auto list = self_of(L, "named_modules").named_layers();
  lua_createtable(L, static_cast<int>(list.size()), 0);
  for (std::size_t i = 0; i < list.size(); ++i) {
    lua_createtable(L, 0, 2);
    lua_pushlstring(L, list[i].first.data(), list[i].first.size());
    lua_setfield(L, -2, "name");
    push_layer(L, list[i].second);
    lua_setfield(L, -2, "layer");
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  return 1;
}

// Replaces the key on the stack top through options strip_prefix and rename.
std::string renamed(lua_State* L, std::string name, const std::string& prefix, int rename) {
  if (!prefix.empty() && name.rfind(prefix, 0) == 0) name = name.substr(prefix.size());
  if (rename == 0) return name;
  lua_pushvalue(L, rename);
  lua_pushlstring(L, name.data(), name.size());
  luax::call(L, 1, 1);
  if (lua_type(L, -1) == LUA_TSTRING) name = lua_tostring(L, -1);
  else if (!lua_isnil(L, -1)) fail("load_state_dict: rename: expected a string or nil, got ", luax::describe(L, -1));
  lua_pop(L, 1);
  return name;
}

// m:load_state_dict(table, {strict, strip_prefix, rename}) -> {missing, unexpected, mismatched}
int load_state_dict(lua_State* L) {
  nn::Layer& layer = self_of(L, "load_state_dict");
  if (lua_type(L, 2) != LUA_TTABLE) luax::argument_error("load_state_dict", "state", "table of Tensors", L, 2);
  luax::Options options(L, 3, "load_state_dict");
  const bool strict = options.boolean("strict", true);
  const std::string prefix = options.string("strip_prefix", "");
  int rename = 0;
  if (options.get("rename")) {
    luax::check_function(L, -1, "load_state_dict", "rename");
    rename = lua_gettop(L);
  }
  options.finish();
  std::vector<nn::NamedTensor> state;
  lua_pushnil(L);
  while (lua_next(L, 2)) {
    if (lua_type(L, -2) != LUA_TSTRING) fail("load_state_dict: expected names as keys, found ", luax::describe(L, -2));
    const TensorHandle* handle = test_tensor(L, -1);
    if (!handle) fail("load_state_dict: '", lua_tostring(L, -2), "': expected Tensor, found ", luax::describe(L, -1));
    state.push_back({renamed(L, lua_tostring(L, -2), prefix, rename), tensor_of(handle)});
    lua_pop(L, 1);
  }
  const auto report = layer.load_state_dict(state, strict);
  lua_createtable(L, 0, 3);
  const std::pair<const char*, const std::vector<std::string>*> parts[] = {
      {"missing", &report.missing}, {"unexpected", &report.unexpected}, {"mismatched", &report.mismatched}};
  for (const auto& [name, list] : parts) {
    lua_createtable(L, static_cast<int>(list->size()), 0);
    for (std::size_t i = 0; i < list->size(); ++i) {
      lua_pushstring(L, (*list)[i].c_str());
      lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
    lua_setfield(L, -2, name);
  }
  return 1;
}

}  // namespace

const luaL_Reg layer_state_methods[] = {
    {"parameters", luax::guarded<parameters>}, {"named_parameters", luax::guarded<named_parameters>},
    {"named_modules", luax::guarded<named_modules>}, {"state_dict", luax::guarded<state_dict>},
    {"load_state_dict", luax::guarded<load_state_dict>}, {nullptr, nullptr}};

}  // namespace brain
