#pragma once
#include <span>

#include "bindings/lua/luax.h"

namespace brain {

struct NativeModule {
  const char* name;  // as require takes it
  lua_CFunction open;
};

// Every module written in C++: an explicit list, in loading order.
std::span<const NativeModule> native_modules();

}  // namespace brain
