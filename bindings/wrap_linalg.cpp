// brain.linalg.native: decompositions; stdlib/stats/pls.lua makes the public function of it.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "linalg/pls.h"

namespace brain {

namespace {

// pls(x, y, components, scale) -> table of Tensors
int lua_pls(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "pls", "x"), y = check_tensor(L, 2, "pls", "y");
  const std::int64_t components = luax::check_integer(L, 3, "pls", "components");
  const bool scale = lua_toboolean(L, 4) != 0;
  const auto fit = with_memory(L, [&] { return linalg::partial_least_squares(x, y, components, scale); });
  lua_newtable(L);
  for (const auto& [name, tensor] :
       {std::pair{"coefficients", fit.coefficients}, {"intercept", fit.intercept}, {"weights", fit.weights},
        {"loadings", fit.loadings}, {"rotations", fit.rotations}, {"y_loadings", fit.y_loadings}}) {
    push_tensor(L, tensor);
    lua_setfield(L, -2, name);
  }
  return 1;
}

const luaL_Reg functions[] = {{"pls", luax::guarded<lua_pls>}, {nullptr, nullptr}};

}  // namespace

int luaopen_brain_linalg(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
