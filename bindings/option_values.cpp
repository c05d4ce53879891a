#include "bindings/option_values.h"

namespace brain {

void set_option(lua_State* L, int index, OptionValues& values, std::size_t option) {
  const OptionSpec& spec = values.specs()[option];
  std::vector<double> given;
  if (spec.kind == OptionKind::flag)
    given = {luax::check_boolean(L, index, values.owner(), spec.name) ? 1.0 : 0.0};
  else if (spec.kind == OptionKind::choice)
    given = {values.choice(option, luax::check_string(L, index, values.owner(), spec.name))};
  else if (spec.kind != OptionKind::list) given = {luax::check_number(L, index, values.owner(), spec.name)};
  else if (lua_type(L, index) != LUA_TTABLE)
    luax::argument_error(values.owner(), spec.name, "list of numbers", L, index);
  else
    for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
      lua_rawgeti(L, index, i);
      given.push_back(luax::check_number(L, -1, values.owner(), spec.name));
      lua_pop(L, 1);
    }
  values.set(option, std::move(given));
}

void set_options(lua_State* L, int index, OptionValues& values) {
  if (lua_isnoneornil(L, index)) return;
  if (lua_type(L, index) != LUA_TTABLE)
    luax::argument_error(values.owner(), "options", "table of named options", L, index);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING)
      luax::argument_error(values.owner(), "options", "names as keys", L, -2);
    set_option(L, lua_gettop(L), values, values.find(lua_tostring(L, -2)));
  }
}

void push_list(lua_State* L, const std::vector<double>& values) {
  lua_createtable(L, static_cast<int>(values.size()), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    lua_pushnumber(L, values[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
}

void push_option(lua_State* L, const OptionValues& values, std::size_t option) {
  const OptionSpec& spec = values.specs()[option];
  if (spec.kind == OptionKind::list) return push_list(L, values.list(option));
  if (spec.kind == OptionKind::flag) return lua_pushboolean(L, values[option] != 0);
  lua_pushnumber(L, values[option]);
}

void push_numbers(lua_State* L, const NamedNumbers& numbers) {
  lua_newtable(L);
  for (const auto& [name, value] : numbers) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name.c_str());
  }
}

NamedNumbers check_numbers(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) luax::argument_error("load_state_dict", "numbers", "table", L, index);
  NamedNumbers numbers;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    numbers.emplace_back(luax::check_string(L, -2, "load_state_dict", "name"),
                         luax::check_number(L, -1, "load_state_dict", "number"));
  return numbers;
}

}  // namespace brain
