#include "bindings/modules.h"

#include "bindings/torch/limits.h"
#include "bindings/torch/module.h"
#include "bindings/wrap_nn.h"

namespace brain {

int luaopen_brain_core(lua_State* L);
int luaopen_brain_file(lua_State* L);
int luaopen_brain_losses(lua_State* L);
int luaopen_brain_models(lua_State* L);
int luaopen_brain_optim(lua_State* L);
int luaopen_brain_prompt(lua_State* L);

std::span<const NativeModule> native_modules() {
  static constexpr NativeModule modules[] = {
      {"brain.core", luaopen_brain_core},
      {"brain.file", luaopen_brain_file},
      {"brain.torch.native", open_torch},
      {"brain.native", open_native},
      {"brain.nn.native", luaopen_brain_nn},
      {"brain.limits", open_limits},
      {"brain.prompt", luaopen_brain_prompt},
      {"brain.models.native", luaopen_brain_models},
      {"brain.optim.native", luaopen_brain_optim},
      {"brain.losses", luaopen_brain_losses},
  };
  return modules;
}

}  // namespace brain
