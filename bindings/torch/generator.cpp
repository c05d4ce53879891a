// torch.Generator: streams of random numbers of their own.
#include "bindings/lua/object.h"
#include "bindings/torch/convert.h"

namespace brain {

namespace {

at::Generator& generator_at(lua_State* L, const char* method) {
  return luax::self<GeneratorHandle>(L, method, "Generator").generator;
}

int generator_manual_seed(lua_State* L) {
  at::Generator& generator = generator_at(L, "manual_seed");
  const auto seed = static_cast<std::uint64_t>(luax::check_integer(L, 2, "manual_seed", "seed"));
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(seed);
  lua_settop(L, 1);
  return 1;
}

int generator_initial_seed(lua_State* L) {
  at::Generator& generator = generator_at(L, "initial_seed");
  lua_pushinteger(L, static_cast<lua_Integer>(generator.current_seed()));
  return 1;
}

int generator_get_state(lua_State* L) {
  at::Generator& generator = generator_at(L, "get_state");
  push_tensor(L, generator.get_state());
  return 1;
}

int generator_set_state(lua_State* L) {
  at::Generator& generator = generator_at(L, "set_state");
  generator.set_state(check_tensor(L, 2, "set_state", "state"));
  lua_settop(L, 1);
  return 1;
}

// torch.Generator{device='cpu'}
int generator_new(lua_State* L) {
  luax::Options options(L, 1, "Generator");
  at::Device device(at::kCPU);
  if (options.get("device")) device = check_device(L, -1, "Generator");
  options.finish();
  auto made = at::globalContext().defaultGenerator(device).clone();
  made.set_current_seed(c10::default_rng_seed_val);
  auto* handle = new (lua_newuserdatauv(L, sizeof(GeneratorHandle), 0)) GeneratorHandle;
  handle->generator = std::move(made);
  static const luaL_Reg methods[] = {{"manual_seed", luax::guarded<generator_manual_seed>},
                                     {"initial_seed", luax::guarded<generator_initial_seed>},
                                     {"get_state", luax::guarded<generator_get_state>},
                                     {"set_state", luax::guarded<generator_set_state>},
                                     {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__gc", luax::destroy<GeneratorHandle>}, {nullptr, nullptr}};
  luax::set_class<GeneratorHandle>(L, "Generator", methods, metamethods);
  return 1;
}

}  // namespace

void open_generator(lua_State* L) { lua_pushcfunction(L, luax::guarded<generator_new>); }

}  // namespace brain
