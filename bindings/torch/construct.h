#pragma once
// Tensors from Lua tables and numbers, and torch.tensor itself.
#include <ATen/ATen.h>

#include <optional>

#include "bindings/lua/luax.h"

namespace brain {

// A CPU tensor from nested tables: integers give int64, any fraction gives the default float type, booleans give bool.
// Ragged or foreign content is an error that names the path: "[2][3]: expected a number".
at::Tensor tensor_from_table(lua_State* L, int index, std::optional<at::ScalarType> dtype, const char* function);

// torch.tensor(table | number | boolean | Tensor, {dtype, device, requires_grad})
int torch_tensor(lua_State* L);

}  // namespace brain
