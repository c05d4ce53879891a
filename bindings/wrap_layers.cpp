// Constructors of the standard layers in Lua.
#include "bindings/wrap_nn.h"

namespace brain {

const luaL_Reg layer_constructors[] = {{nullptr, nullptr}};

}  // namespace brain
