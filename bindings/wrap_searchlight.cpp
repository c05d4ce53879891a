// brain.rsa.searchlight.native: neighbourhoods of voxels and their RDMs; stdlib/rsa/searchlight.lua makes the public
// functions of it.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "rsa/geodesic.h"
#include "rsa/searchlight.h"

namespace brain {

namespace {

int push_neighbourhoods(lua_State* L, const rsa::Neighbourhoods& hoods) {
  push_tensor(L, hoods.centres);
  push_tensor(L, hoods.offsets);
  push_tensor(L, hoods.places);
  return 3;
}

// spheres(mask, radius, voxel_size, fraction) -> centres, offsets, places
int lua_spheres(lua_State* L) {
  const char* f = "neighbourhoods";
  const at::Tensor mask = check_tensor(L, 1, f, "mask"), size = check_tensor(L, 3, f, "voxel_size");
  const double radius = luax::check_number(L, 2, f, "radius"), fraction = luax::check_number(L, 4, f, "fraction");
  return push_neighbourhoods(L, with_memory(L, [&] { return rsa::spheres(mask, radius, size, fraction); }));
}

// discs(vertices, triangles, radius, mask or nil) -> centres, offsets, places
int lua_discs(lua_State* L) {
  const char* f = "neighbourhoods";
  const at::Tensor vertices = check_tensor(L, 1, f, "vertices"), triangles = check_tensor(L, 2, f, "triangles");
  const double radius = luax::check_number(L, 3, f, "radius");
  const at::Tensor mask = lua_isnoneornil(L, 4) ? at::Tensor() : check_tensor(L, 4, f, "mask");
  return push_neighbourhoods(L, with_memory(L, [&] { return rsa::geodesic_discs(vertices, triangles, radius, mask); }));
}

// searchlight(x, offsets, places, models, distance, method, control or nil, residuals or nil, estimator, degrees or nil) ->
// [centres, models]
int lua_searchlight(lua_State* L) {
  const char* f = "searchlight";
  const at::Tensor x = check_tensor(L, 1, f, "x"), offsets = check_tensor(L, 2, f, "offsets"),
                   places = check_tensor(L, 3, f, "places"), models = check_tensor(L, 4, f, "models");
  const auto distance = rsa::searchlight_distance_of(luax::check_string(L, 5, f, "distance"));
  const auto method = rsa::comparison_of(luax::check_string(L, 6, f, "method"), f);
  std::optional<at::Tensor> control;
  if (!lua_isnoneornil(L, 7)) control = check_tensor(L, 7, f, "control").cpu();
  std::optional<rsa::LocalNoise> noise;
  if (!lua_isnoneornil(L, 8)) {
    noise.emplace();
    noise->residuals = check_tensor(L, 8, f, "residuals");
    noise->estimator = stats::covariance_estimator_of(luax::check_string(L, 9, f, "estimator"), f);
    if (!lua_isnoneornil(L, 10)) noise->degrees = luax::check_integer(L, 10, f, "degrees");
  }
  push_tensor(L, with_memory(L, [&] {
                return rsa::searchlight(x, {{}, offsets.contiguous(), places.contiguous()}, models.cpu(), distance, method,
                                        control, noise);
              }));
  return 1;
}

const luaL_Reg functions[] = {{"spheres", luax::guarded<lua_spheres>},
                              {"discs", luax::guarded<lua_discs>},
                              {"searchlight", luax::guarded<lua_searchlight>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_searchlight(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
