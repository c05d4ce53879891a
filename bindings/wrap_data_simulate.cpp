// brain.data.simulator: drawn pictures and simulated EEG, for stdlib/data/simulate_things_eeg2.lua.
#include "bindings/lua/object.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "data/draw_object.h"
#include "data/simulate_eeg.h"
#include "data/simulate_fmri.h"
#include "data/simulate_network.h"
#include "data/simulate_pictures.h"

namespace brain {

namespace {

constexpr const char* kName = "simulate.things_eeg2";

std::uint64_t check_seed(lua_State* L, int index) {
  return static_cast<std::uint64_t>(luax::check_integer(L, index, kName, "seed"));
}

// pictures(seed, concepts, indices, categories, size) -> pixels, factors, categories
int pictures(lua_State* L) {
  const std::uint64_t seed = check_seed(L, 1);
  const at::Tensor concepts = check_tensor(L, 2, kName, "concepts"),
                   indices = check_tensor(L, 3, kName, "indices");
  const auto categories = static_cast<int>(luax::check_integer(L, 4, kName, "categories"));
  const auto size = static_cast<int>(luax::check_integer(L, 5, kName, "size"));
  data::SimulatedPictures made =
      with_memory(L, [&] { return data::simulate_pictures(seed, concepts, indices, categories, size); });
  push_tensor(L, std::move(made.pixels));
  push_tensor(L, std::move(made.factors));
  push_tensor(L, std::move(made.categories));
  return 3;
}

// category_names() -> list
int category_names(lua_State* L) {
  lua_newtable(L);
  lua_Integer i = 0;
  for (const std::string_view name : data::kCategories) {
    lua_pushlstring(L, name.data(), name.size());
    lua_rawseti(L, -2, ++i);
  }
  return 1;
}

// components(pixels, factors, training, seed) -> float32 [n, 3 * 16], early, mid, late
int components(lua_State* L) {
  const at::Tensor pixels = check_tensor(L, 1, kName, "pixels"),
                   factors = check_tensor(L, 2, kName, "factors");
  const std::int64_t training = luax::check_integer(L, 3, kName, "training");
  const std::uint64_t seed = check_seed(L, 4);
  push_tensor(L, with_memory(L, [&] { return data::hidden_components(pixels, factors, training, seed); }));
  return 1;
}

struct SubjectHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrSimSub");
  luax::Tag tag = kTag;
  data::SimulatedSubject subject;
};

data::SimulatedSubject& check_subject(lua_State* L) {
  return luax::self<SubjectHandle>(L, kName, "simulated subject").subject;
}

// subject:responses(components) -> float32 [n, 17, 100]
int responses(lua_State* L) {
  const auto& subject = check_subject(L);
  const at::Tensor seen = check_tensor(L, 2, kName, "components");
  push_tensor(L, with_memory(L, [&] { return subject.responses(seen); }));
  return 1;
}

// subject:trials(responses, repetitions, stream) -> float32 [n, repetitions, 17, 100]
int trials(lua_State* L) {
  const auto& subject = check_subject(L);
  const at::Tensor clean = check_tensor(L, 2, kName, "responses");
  const std::int64_t repetitions = luax::check_integer(L, 3, kName, "repetitions"),
                     stream = luax::check_integer(L, 4, kName, "stream");
  push_tensor(L, with_memory(L, [&] {
                return subject.trials(clean, repetitions, static_cast<std::uint64_t>(stream));
              }));
  return 1;
}

// subject:reliability(responses, repetitions) -> float64 [17, 100]
int reliability(lua_State* L) {
  const auto& subject = check_subject(L);
  const at::Tensor clean = check_tensor(L, 2, kName, "responses");
  push_tensor(L, subject.reliability(clean, luax::check_integer(L, 3, kName, "repetitions")));
  return 1;
}

// subject:latencies() -> early, mid, late
int latencies(lua_State* L) {
  for (const double latency : check_subject(L).latencies()) lua_pushnumber(L, latency);
  return 3;
}

// subject(seed, number, signal, noise, shared)
int subject(lua_State* L) {
  data::SubjectOptions options;
  options.seed = check_seed(L, 1);
  options.subject = luax::check_integer(L, 2, kName, "subject");
  options.signal = luax::check_number(L, 3, kName, "signal");
  options.noise = luax::check_number(L, 4, kName, "noise");
  options.shared = luax::check_number(L, 5, kName, "shared");
  data::SimulatedSubject made(options);
  new (lua_newuserdatauv(L, sizeof(SubjectHandle), 0)) SubjectHandle{SubjectHandle::kTag, std::move(made)};
  static const luaL_Reg methods[] = {{"responses", luax::guarded<responses>},
                                     {"trials", luax::guarded<trials>},
                                     {"reliability", luax::guarded<reliability>},
                                     {"latencies", luax::guarded<latencies>},
                                     {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__gc", luax::destroy<SubjectHandle>}, {nullptr, nullptr}};
  luax::set_class<SubjectHandle>(L, "SimulatedSubject", methods, metamethods);
  return 1;
}

// voxels(components, seed, subject, region, {early, mid, late}, voxels, repetitions, signal, noise) -> float64 [repetitions, n,
// voxels]
int voxels(lua_State* L) {
  const char* f = "simulate.kamitani";
  const at::Tensor seen = check_tensor(L, 1, f, "components");
  data::VoxelOptions o;
  o.seed = static_cast<std::uint64_t>(luax::check_integer(L, 2, f, "seed"));
  o.subject = luax::check_integer(L, 3, f, "subject");
  o.region = luax::check_integer(L, 4, f, "region");
  luaL_checktype(L, 5, LUA_TTABLE);
  for (std::size_t i = 0; i < o.stages.size(); ++i) {
    lua_rawgeti(L, 5, static_cast<lua_Integer>(i) + 1);
    o.stages[i] = luax::check_number(L, -1, f, "stages");
    lua_pop(L, 1);
  }
  o.voxels = luax::check_integer(L, 6, f, "voxels");
  o.repetitions = luax::check_integer(L, 7, f, "repetitions");
  o.signal = luax::check_number(L, 8, f, "signal");
  o.noise = luax::check_number(L, 9, f, "noise");
  push_tensor(L, with_memory(L, [&] { return data::simulate_voxels(seen, o); }));
  return 1;
}

// write(path, trials): a preprocessed_eeg_*.npy
int write(lua_State* L) {
  const std::string path = luax::check_string(L, 1, kName, "path");
  data::write_things_eeg2(path, check_tensor(L, 2, kName, "trials"));
  return 0;
}

const luaL_Reg functions[] = {
    {"pictures", luax::guarded<pictures>},     {"category_names", luax::guarded<category_names>},
    {"components", luax::guarded<components>}, {"subject", luax::guarded<subject>},
    {"voxels", luax::guarded<voxels>},         {"write", luax::guarded<write>},
    {nullptr, nullptr}};

}  // namespace

int luaopen_brain_data_simulator(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
