#pragma once
#include "bindings/lua/luax.h"

namespace brain {

// Pushes `brain.limits`.
int open_limits(lua_State* L);

}  // namespace brain
