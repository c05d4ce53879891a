#pragma once
#include "bindings/lua/luax.h"

namespace brain {

// Adds to the table on top of the stack start_child and sleep, with which stdlib/ computes in several processes.
void set_child_functions(lua_State* L);

}  // namespace brain
