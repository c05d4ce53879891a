// The registry of networks in Lua: models.create, models.list, models.transform.
#include "bindings/lua/luax.h"
#include "bindings/wrap_nn.h"
#include "models/registry.h"
#include "nn/glob.h"

namespace brain {

namespace {

// models.create(name, {seed, outputs, image_size}) -> layer, in training mode as a constructor leaves it
int create(lua_State* L) {
  const std::string name = luax::check_string(L, 1, "create", "name");
  models::ModelOptions made;
  std::optional<std::uint64_t> seed;
  luax::Options options(L, 2, "create");
  made.outputs = options.integer("outputs", made.outputs);
  if (options.get("image_size")) made.image_size = luax::check_integer(L, -1, "create", "image_size");
  if (options.get("seed")) seed = static_cast<std::uint64_t>(luax::check_integer(L, -1, "create", "seed"));
  options.finish();
  push_layer(L, models::create(name, made, seed));
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

// models.transform(name) -> {resize, crop, interpolation, mean, std}: its evaluation preprocessing
int transform(lua_State* L) {
  const auto& p = models::find(luax::check_string(L, 1, "transform", "name")).preprocessing;
  lua_createtable(L, 0, 5);
  lua_pushinteger(L, p.resize);
  lua_setfield(L, -2, "resize");
  lua_pushinteger(L, p.crop);
  lua_setfield(L, -2, "crop");
  lua_pushstring(L, p.interpolation.c_str());
  lua_setfield(L, -2, "interpolation");
  set_triple(L, "mean", p.mean);
  set_triple(L, "std", p.std);
  return 1;
}

const luaL_Reg functions[] = {{"create", luax::guarded<create>}, {"list", luax::guarded<list>},
                              {"transform", luax::guarded<transform>}, {nullptr, nullptr}};

}  // namespace

int luaopen_brain_models(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
