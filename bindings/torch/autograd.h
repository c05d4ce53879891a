#pragma once
// torch.grad, torch.custom and the guards (no_grad, inference_mode, autocast, scope ...).
#include "bindings/torch/tensor.h"

namespace brain {

// torch.grad(outputs, inputs, {grad_outputs, retain_graph, create_graph, allow_unused}) -> one gradient per input
int torch_grad(lua_State* L);
// torch.custom{forward=, backward=}: a differentiable function written in Lua
int torch_custom(lua_State* L);

// Refuses what autograd would ignore: turning a result's flag off, a gradient of another shape, dtype or device.
void set_requires_grad(const at::Tensor& tensor, bool on);
void set_grad(const at::Tensor& tensor, at::Tensor gradient);

extern const luaL_Reg guard_functions[];

}  // namespace brain
