#include "bindings/modules.h"

#include "bindings/torch/limits.h"
#include "bindings/torch/module.h"

namespace brain {

int luaopen_brain_core(lua_State* L);
int luaopen_brain_prompt(lua_State* L);

std::span<const NativeModule> native_modules() {
  static constexpr NativeModule modules[] = {
      {"brain.core", luaopen_brain_core},
      {"brain.torch.native", open_torch},
      {"brain.native", open_native},
      {"brain.limits", open_limits},
      {"brain.prompt", luaopen_brain_prompt},
  };
  return modules;
}

}  // namespace brain
