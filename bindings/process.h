#pragma once
#include "bindings/lua/luax.h"

namespace brain {

// Adds to the table on top of the stack what stdlib/ needs of the process (interruption, children, clocks), and makes
// coroutines reachable for Ctrl-C.
void set_process_functions(lua_State* L);

}  // namespace brain
