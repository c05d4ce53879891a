#include "bindings/layer_arguments.h"

#include <algorithm>

#include "bindings/torch/convert.h"
#include "bindings/wrap_nn.h"
#include "core/error.h"
#include "core/nearest.h"

namespace brain {

LayerArguments::LayerArguments(lua_State* L, std::string function, std::initializer_list<const char*> names)
    : L_(L), function_(std::move(function)) {
  const std::vector<std::string> known(names.begin(), names.end());
  std::string all;
  for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
  int count = lua_gettop(L);
  const int options = count > 0 && (luax::is_options(L, count) || luax::is_empty_table(L, count)) ? count-- : 0;
  if (count > static_cast<int>(known.size()))
    fail(function_, ": takes ", known.size(), " positional arguments", known.empty() ? "" : " (" + all + ")", ", got ",
         count);
  for (int i = 1; i <= count; ++i)
    if (!lua_isnil(L, i)) given_.push_back({known[static_cast<std::size_t>(i) - 1], i});
  if (options == 0) return;
  for (lua_pushnil(L); lua_next(L, options); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luax::argument_error(function_.c_str(), "options", "names as keys", L, -2);
    const std::string name = lua_tostring(L, -2);
    if (find(name.c_str())) fail(function_, ": ", name, " is given twice");
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest(name, known);
    fail(function_, ": unknown option '", name, "'",
         near.empty() ? "; options are " + all : ", did you mean '" + near + "'?");
  }
  luaL_checkstack(L, static_cast<int>(known.size()) + LUA_MINSTACK, "arguments");
  for (const auto& name : known) {  // option values stay on the stack
    if (lua_getfield(L, options, name.c_str()) == LUA_TNIL) lua_pop(L, 1);
    else given_.push_back({name, lua_gettop(L)});
  }
}

const LayerArguments::Given* LayerArguments::find(const char* name) const {
  for (const auto& item : given_)
    if (item.name == name) return &item;
  return nullptr;
}

const LayerArguments::Given& LayerArguments::required(const char* name) const {
  if (const Given* item = find(name)) return *item;
  fail(function_, ": missing argument '", name, "'");
}

void LayerArguments::refuse(const char* name, const std::string& expected) const {
  luax::argument_error(function_.c_str(), name, expected, L_, required(name).index);
}

bool LayerArguments::is_number(const char* name) const { return lua_type(L_, required(name).index) == LUA_TNUMBER; }
bool LayerArguments::is_string(const char* name) const { return lua_type(L_, required(name).index) == LUA_TSTRING; }

std::int64_t LayerArguments::integer(const char* name, std::optional<std::int64_t> otherwise) const {
  if (otherwise && !given(name)) return *otherwise;
  return luax::check_integer(L_, required(name).index, function_.c_str(), name);
}

std::optional<std::int64_t> LayerArguments::maybe_integer(const char* name) const {
  const Given* item = find(name);
  if (!item || is_null(L_, item->index)) return std::nullopt;
  return integer(name);
}

double LayerArguments::number(const char* name, std::optional<double> otherwise) const {
  if (otherwise && !given(name)) return *otherwise;
  return luax::check_number(L_, required(name).index, function_.c_str(), name);
}

std::optional<double> LayerArguments::maybe_number(const char* name, std::optional<double> otherwise) const {
  const Given* item = find(name);
  if (!item) return otherwise;
  if (is_null(L_, item->index)) return std::nullopt;
  return number(name);
}

bool LayerArguments::boolean(const char* name, bool otherwise) const {
  return given(name) ? luax::check_boolean(L_, required(name).index, function_.c_str(), name) : otherwise;
}

std::string LayerArguments::string(const char* name, const std::string& otherwise) const {
  return given(name) ? luax::check_string(L_, required(name).index, function_.c_str(), name) : otherwise;
}

std::vector<std::int64_t> LayerArguments::integers(const char* name, bool allow_null) const {
  const int index = required(name).index;
  if (lua_type(L_, index) == LUA_TNUMBER) return {integer(name)};
  if (lua_type(L_, index) != LUA_TTABLE) refuse(name, "integer or list of integers");
  std::vector<std::int64_t> list;
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L_, index)); ++i) {
    lua_rawgeti(L_, index, i);
    const bool none = allow_null && is_null(L_, -1);
    list.push_back(none ? -1 : luax::check_integer(L_, -1, function_.c_str(), name));
    lua_pop(L_, 1);
  }
  return list;
}

namespace {

// Appends the layer, or the pair {name, layer}, on top of the stack.
void append_layer(lua_State* L, const char* function, std::vector<std::pair<std::string, nn::LayerPtr>>& layers) {
  const int item = lua_gettop(L);
  std::string name = std::to_string(layers.size());
  if (lua_type(L, item) == LUA_TTABLE) {
    lua_rawgeti(L, item, 1);
    name = luax::check_string(L, -1, function, "name");
    lua_rawgeti(L, item, 2);
  }
  layers.emplace_back(std::move(name), check_layer(L, lua_gettop(L), function, "layer"));
  lua_settop(L, item);
}

}  // namespace

std::vector<std::pair<std::string, nn::LayerPtr>> check_layers(lua_State* L, const char* function) {
  std::vector<std::pair<std::string, nn::LayerPtr>> layers;
  const int count = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, "layers");
  if (count == 1 && lua_type(L, 1) == LUA_TTABLE) {
    if (luax::is_options(L, 1)) fail(function, ": named layers need an order: {{'conv', layer}, {'relu', layer}}");
    for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, 1)); ++i) {
      lua_rawgeti(L, 1, i);
      append_layer(L, function, layers);
      lua_pop(L, 1);
    }
    return layers;
  }
  for (int i = 1; i <= count; ++i) {
    lua_pushvalue(L, i);
    append_layer(L, function, layers);
    lua_pop(L, 1);
  }
  return layers;
}

}  // namespace brain
