#pragma once
#include "bindings/lua/luax.h"

namespace brain {

// Pushes the table `torch`: hand-written functions, constants, namespaces, and every operator of the default surface,
// bound when it is first used. stdlib/torch.lua adds the compositions written in Lua.
int open_torch(lua_State* L);

// Pushes `brain.native`: what stdlib/ needs from C++ (schemas, names, interruption, leak counts).
int open_native(lua_State* L);

}  // namespace brain
