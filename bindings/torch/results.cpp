// What operators return, as Lua values.
#include "bindings/torch/convert.h"
#include "core/error.h"

namespace brain {

void push_value(lua_State* L, c10::IValue&& value, Kind kind) {
  if (value.isTensor()) return push_tensor(L, std::move(value).toTensor());
  if (value.isNone()) return lua_pushnil(L);
  if (value.isBool()) return lua_pushboolean(L, value.toBool());
  if (value.isInt()) {
    const auto number = value.toInt();
    if (kind == Kind::Dtype) return void(lua_pushstring(L, dtype_name(static_cast<at::ScalarType>(number))));
    if (kind == Kind::Layout) return void(lua_pushstring(L, layout_name(static_cast<at::Layout>(number))));
    return lua_pushinteger(L, number);
  }
  if (value.isDouble()) return lua_pushnumber(L, value.toDouble());
  if (value.isSymInt()) return lua_pushinteger(L, value.toSymInt().guard_int(__FILE__, __LINE__));
  if (value.isSymFloat()) return lua_pushnumber(L, value.toSymFloat().guard_float(__FILE__, __LINE__));
  if (value.isString()) {
    const auto& text = value.toStringRef();
    return void(lua_pushlstring(L, text.data(), text.size()));
  }
  if (value.isDevice()) return void(lua_pushstring(L, value.toDevice().str().c_str()));
  if (value.isComplexDouble()) {
    const auto number = value.toComplexDouble();
    push_tensor(L, at::scalar_tensor(number, at::kComplexDouble));
    return;
  }
  if (value.isTensorList()) {
    const auto list = value.toTensorVector();
    luaL_checkstack(L, 4, "results");
    lua_createtable(L, static_cast<int>(list.size()), 0);
    for (std::size_t i = 0; i < list.size(); ++i) {
      push_tensor(L, list[i]);
      lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
    return;
  }
  if (value.isList()) {
    const auto list = value.toListRef();
    luaL_checkstack(L, 4, "results");
    lua_createtable(L, static_cast<int>(list.size()), 0);
    for (std::size_t i = 0; i < list.size(); ++i) {
      push_value(L, c10::IValue(list[i]), kind);
      lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
    return;
  }
  if (value.isTuple()) {
    const auto elements = value.toTupleRef().elements().vec();
    lua_createtable(L, static_cast<int>(elements.size()), 0);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      push_value(L, c10::IValue(elements[i]), Kind::Unsupported);
      lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
    }
    return;
  }
  if (value.isGenericDict()) {
    lua_newtable(L);
    for (const auto& item : value.toGenericDict()) {
      push_value(L, c10::IValue(item.key()), Kind::Unsupported);
      push_value(L, c10::IValue(item.value()), Kind::Unsupported);
      lua_settable(L, -3);
    }
    return;
  }
  fail("a result of type ", value.tagKind(), " has no Lua form");
}

namespace {

const int kSizeKey = 0;

int size_eq(lua_State* L) {
  if (lua_type(L, 1) != LUA_TTABLE || lua_type(L, 2) != LUA_TTABLE || lua_rawlen(L, 1) != lua_rawlen(L, 2)) {
    lua_pushboolean(L, false);
    return 1;
  }
  bool equal = true;
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, 1));
  for (lua_Integer i = 1; equal && i <= n; ++i) {
    lua_rawgeti(L, 1, i);
    lua_rawgeti(L, 2, i);
    equal = lua_compare(L, -2, -1, LUA_OPEQ) != 0;
    lua_pop(L, 2);
  }
  lua_pushboolean(L, equal);
  return 1;
}

int size_tostring(lua_State* L) {
  std::string text = "{";
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, 1));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, 1, i);
    text += (i > 1 ? ", " : "") + std::string(luaL_tolstring(L, -1, nullptr));
    lua_pop(L, 2);
  }
  text += "}";
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

}  // namespace

void push_size(lua_State* L, at::IntArrayRef sizes) {
  lua_createtable(L, static_cast<int>(sizes.size()), 0);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    lua_pushinteger(L, sizes[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kSizeKey) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushliteral(L, "Size");
    lua_setfield(L, -2, "__name");
    static const luaL_Reg metamethods[] = {{"__eq", size_eq}, {"__tostring", size_tostring}, {nullptr, nullptr}};
    luaL_setfuncs(L, metamethods, 0);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &kSizeKey);
  }
  lua_setmetatable(L, -2);
}

}  // namespace brain
