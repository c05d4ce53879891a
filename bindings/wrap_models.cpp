// The registry of networks in Lua; stdlib/models.lua makes `models` of it.
#include <algorithm>

#include "bindings/lua/luax.h"
#include "bindings/torch/tensor.h"
#include "bindings/wrap_nn.h"
#include "core/error.h"
#include "models/jax_weights.h"
#include "models/registry.h"
#include "models/weights.h"
#include "nn/glob.h"

namespace brain {

namespace {

models::ModelOptions check_made(lua_State* L, luax::Options& options, const char* function) {
  models::ModelOptions made;
  if (options.get("outputs")) {
    made.outputs = luax::check_integer(L, -1, function, "outputs");
    if (made.outputs < 1) fail(function, ": outputs: expected at least 1, found ", made.outputs);
  }
  if (options.get("width")) made.width = luax::check_number(L, -1, function, "width");
  if (options.get("image_size")) made.image_size = luax::check_integer(L, -1, function, "image_size");
  return made;
}

// models.create(name, {weights, seed, outputs, image_size, width}) -> layer, in training mode as a constructor leaves it
int create(lua_State* L) {
  const models::Entry& entry = models::find(luax::check_string(L, 1, "create", "name"));
  std::optional<std::uint64_t> seed;
  luax::Options options(L, 2, "create");
  const auto made = check_made(L, options, "create");
  if (options.get("seed")) seed = static_cast<std::uint64_t>(luax::check_integer(L, -1, "create", "seed"));
  std::string weights = options.string("weights", "");
  options.finish();
  if (weights == "auto") weights = models::cached_weights(entry);
  const nn::LayerPtr network = models::create(entry.name, made, seed);
  if (!weights.empty()) models::load_weights(*network, entry, weights);
  push_layer(L, network);
  return 1;
}

// outline(name, {outputs, image_size, width}) -> layer without memory
int outline(lua_State* L) {
  const std::string name = luax::check_string(L, 1, "outline", "name");
  luax::Options options(L, 2, "outline");
  const auto made = check_made(L, options, "outline");
  options.finish();
  push_layer(L, models::outline(name, made));
  return 1;
}

// models.from_jax(table name -> tensor) -> the same under PyTorch's names and in its layout
int from_jax(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  std::vector<nn::NamedTensor> state;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) fail("from_jax: expected tensors by name, got a ", luax::type_name(L, -2), " as a name");
    state.push_back({lua_tostring(L, -2), check_tensor(L, -1, "from_jax", lua_tostring(L, -2))});
  }
  std::sort(state.begin(), state.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  push_named(L, models::from_jax(state));
  return 1;
}

// models.list(glob = '**') -> list of full names
int list(lua_State* L) {
  const nn::Glob glob(lua_isnoneornil(L, 1) ? "**" : luax::check_string(L, 1, "list", "pattern"));
  lua_newtable(L);
  lua_Integer n = 0;
  for (const auto& entry : models::entries()) {
    if (!glob.matches(entry.name)) continue;
    lua_pushstring(L, entry.name.c_str());
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

void set_triple(lua_State* L, const char* field, const std::array<double, 3>& values) {
  lua_createtable(L, 3, 0);
  for (int i = 0; i < 3; ++i) {
    lua_pushnumber(L, values[static_cast<std::size_t>(i)]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, field);
}

// models.transform(name) -> {resize, crop, interpolation, mean, std, colour}: its evaluation preprocessing
int transform(lua_State* L) {
  const auto& p = models::find(luax::check_string(L, 1, "transform", "name")).preprocessing;
  lua_createtable(L, 0, 6);
  lua_pushinteger(L, p.resize);
  if (p.squash) {  // {height, width}
    lua_createtable(L, 2, 0);
    for (int i = 1; i <= 2; ++i) {
      lua_pushinteger(L, p.resize);
      lua_rawseti(L, -2, i);
    }
    lua_remove(L, -2);
  }
  lua_setfield(L, -2, "resize");
  lua_pushinteger(L, p.crop);
  lua_setfield(L, -2, "crop");
  lua_pushstring(L, p.interpolation.c_str());
  lua_setfield(L, -2, "interpolation");
  lua_pushstring(L, p.colour.c_str());
  lua_setfield(L, -2, "colour");
  set_triple(L, "mean", p.mean);
  set_triple(L, "std", p.std);
  return 1;
}

// find(name) -> the full name
int find(lua_State* L) {
  lua_pushstring(L, models::find(luax::check_string(L, 1, "find", "name")).name.c_str());
  return 1;
}

const luaL_Reg functions[] = {{"create", luax::guarded<create>}, {"from_jax", luax::guarded<from_jax>},
                              {"list", luax::guarded<list>},
                              {"transform", luax::guarded<transform>}, {"outline", luax::guarded<outline>},
                              {"find", luax::guarded<find>}, {nullptr, nullptr}};

}  // namespace

int luaopen_brain_models(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
