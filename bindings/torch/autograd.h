#pragma once
// torch.grad, torch.custom and the guards (no_grad, inference_mode, autocast, scope ...).
#include "bindings/lua/luax.h"

namespace brain {

// torch.grad(outputs, inputs, {grad_outputs, retain_graph, create_graph, allow_unused}) -> one gradient per input
int torch_grad(lua_State* L);
// torch.custom{forward=, backward=}: a differentiable function written in Lua
int torch_custom(lua_State* L);

extern const luaL_Reg guard_functions[];

}  // namespace brain
