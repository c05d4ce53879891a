#pragma once
// Objects of C++ as userdata. Their handle T has `static constexpr Tag kTag` and begins with `Tag tag = kTag` (luax::test).
#include "bindings/lua/luax.h"

namespace brain::luax {

// The handle a method was called on; anything else is an error that names what was expected.
template <class T>
T& self(lua_State* L, const char* method, const char* expected) {
  T* handle = test<T>(L, 1);
  if (!handle) argument_error(method, "self", expected, L, 1);
  return *handle;
}

// __gc of handles.
template <class T>
int destroy(lua_State* L) {
  auto* handle = static_cast<T*>(lua_touserdata(L, 1));
  if (handle->tag == T::kTag) handle->~T();
  handle->tag = 0;
  return 0;
}

// Gives the handle on top of the stack the metatable of its class, which the first one makes. methods: may be null.
template <class T>
void set_class(lua_State* L, const char* name, const luaL_Reg* methods, const luaL_Reg* metamethods) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &T::kTag) == LUA_TNIL) {
    lua_pop(L, 1);
    new_metatable(L, name, methods, metamethods);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &T::kTag);
  }
  lua_setmetatable(L, -2);
}

}  // namespace brain::luax
