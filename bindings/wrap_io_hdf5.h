#pragma once
#include "bindings/lua/luax.h"

namespace brain {

// brain.file.open_hdf5(path) -> handle with keys, get, attributes, list, close
int open_hdf5(lua_State* L);

}  // namespace brain
