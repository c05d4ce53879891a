#include "bindings/modules.h"

#include "bindings/torch/limits.h"
#include "bindings/torch/module.h"
#include "bindings/wrap_nn.h"

namespace brain {

int luaopen_brain_clusters(lua_State* L);
int luaopen_brain_core(lua_State* L);
int luaopen_brain_csv(lua_State* L);
int luaopen_brain_data_images(lua_State* L);
int luaopen_brain_data_eeg(lua_State* L);
int luaopen_brain_data_simulator(lua_State* L);
int luaopen_brain_file(lua_State* L);
int luaopen_brain_losses(lua_State* L);
int luaopen_brain_models(lua_State* L);
int luaopen_brain_optim(lua_State* L);
#ifdef BRAIN_PLOT
int luaopen_brain_plot(lua_State* L);
#endif
int luaopen_brain_prompt(lua_State* L);
int luaopen_brain_random(lua_State* L);
int luaopen_brain_rsa(lua_State* L);
int luaopen_brain_rsa_models(lua_State* L);
int luaopen_brain_linalg(lua_State* L);
int luaopen_brain_searchlight(lua_State* L);
int luaopen_brain_similarity(lua_State* L);
int luaopen_brain_stats(lua_State* L);

std::span<const NativeModule> native_modules() {
  static constexpr NativeModule modules[] = {
      {"brain.core", luaopen_brain_core},
      {"brain.csv", luaopen_brain_csv},
      {"brain.data.images.native", luaopen_brain_data_images},
      {"brain.file", luaopen_brain_file},
      {"brain.torch.native", open_torch},
      {"brain.native", open_native},
      {"brain.nn.native", luaopen_brain_nn},
      {"brain.limits", open_limits},
      {"brain.prompt", luaopen_brain_prompt},
      {"brain.models.native", luaopen_brain_models},
      {"brain.optim.native", luaopen_brain_optim},
      {"brain.losses", luaopen_brain_losses},
      {"brain.random", luaopen_brain_random},
#ifdef BRAIN_PLOT
      {"brain.plot.native", luaopen_brain_plot},
#endif
      {"brain.data.eeg", luaopen_brain_data_eeg},
      {"brain.data.simulator", luaopen_brain_data_simulator},
      {"brain.rsa.native", luaopen_brain_rsa},
      {"brain.rsa.models", luaopen_brain_rsa_models},
      {"brain.linalg.native", luaopen_brain_linalg},
      {"brain.rsa.searchlight.native", luaopen_brain_searchlight},
      {"brain.rsa.similarity", luaopen_brain_similarity},
      {"brain.stats.clusters.native", luaopen_brain_clusters},
      {"brain.stats.native", luaopen_brain_stats},
  };
  return modules;
}

}  // namespace brain
