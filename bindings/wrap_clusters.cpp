// brain.stats.clusters.native: cluster tests over time and over maps, and their enhancement without a threshold;
// stdlib/stats/clusters.lua makes the public functions of it.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "stats/cluster.h"
#include "stats/cluster_graph.h"
#include "stats/tfce.h"

namespace brain {

namespace {

double number_option(lua_State* L, luax::Options& options, const char* function, const char* name, double otherwise) {
  if (!options.get(name)) return otherwise;
  const double value = luax::check_number(L, -1, function, name);
  lua_pop(L, 1);
  return value;
}

stats::Tail tail_option(luax::Options& options, const char* function) {
  const std::string tail = options.string("tail", "two");
  if (tail != "two" && tail != "greater" && tail != "less")
    fail(function, ": tail: expected two, greater or less, got '", tail, "'");
  return tail == "two" ? stats::Tail::two : tail == "greater" ? stats::Tail::greater : stats::Tail::less;
}

// {threshold, permutations, seed, tail}
stats::ClusterOptions cluster_options(lua_State* L, int index, const char* f) {
  luax::Options options(L, index, f);
  stats::ClusterOptions o;
  o.threshold = number_option(L, options, f, "threshold", o.threshold);
  o.permutations = options.integer("permutations", o.permutations);
  o.seed = static_cast<std::uint64_t>(options.integer("seed", 0));
  o.tail = tail_option(options, f);
  options.finish();
  return o;
}

// Neighbours of the points of x [subjects, ...]: of a mask where there is one, else along its last `connected` axes.
stats::PointGraph graph_of(lua_State* L, const at::Tensor& x, const char* f, int connected, int adjacency, int mask) {
  if (!lua_isnoneornil(L, mask)) return stats::masked_lattice(check_tensor(L, mask, f, "mask"));
  return stats::lattice(x.sizes().slice(1), luax::check_integer(L, connected, f, "dimensions"),
                        lua_isnoneornil(L, adjacency) ? at::Tensor() : check_tensor(L, adjacency, f, "adjacency"));
}

// Pushes a list with a table of fields(cluster) for each cluster, t, permutations and exact.
template <class Result, class Fields>
int push_result(lua_State* L, const Result& result, const Fields& fields) {
  lua_createtable(L, static_cast<int>(result.clusters.size()), 0);
  for (std::size_t k = 0; k < result.clusters.size(); ++k) {
    const auto& cluster = result.clusters[k];
    lua_createtable(L, 0, 5);
    fields(cluster);
    lua_pushnumber(L, cluster.mass), lua_setfield(L, -2, "mass");
    lua_pushnumber(L, cluster.p), lua_setfield(L, -2, "p");
    lua_rawseti(L, -2, static_cast<lua_Integer>(k) + 1);
  }
  push_tensor(L, result.t);
  lua_pushinteger(L, result.permutations);
  lua_pushboolean(L, result.exact);
  return 4;
}

// cluster(variant, a, b, options) -> list of {series, first, last, mass, p}, t, permutations, exact; b is nil for
// signflip
int lua_cluster(lua_State* L) {
  const char* f = "cluster_permutation";
  const std::string variant = luax::check_string(L, 1, f, "variant");
  const at::Tensor a = check_tensor(L, 2, f, "a");
  const auto o = cluster_options(L, 4, f);
  const auto result = with_memory(L, [&] {
    return variant == "neurora" ? stats::cluster_neurora(a, check_tensor(L, 3, f, "b"), o)
                                : stats::cluster_signflip(a, o);
  });
  return push_result(L, result, [L](const auto& cluster) {
    lua_pushinteger(L, cluster.series), lua_setfield(L, -2, "series");
    lua_pushinteger(L, cluster.first), lua_setfield(L, -2, "first");
    lua_pushinteger(L, cluster.last), lua_setfield(L, -2, "last");
  });
}

// cluster_map(x [subjects, ...], dimensions, adjacency or nil, mask or nil, options) -> list of {points, mass, p}, t
// [points], permutations, exact
int lua_cluster_map(lua_State* L) {
  const char* f = "cluster_permutation";
  const at::Tensor x = check_tensor(L, 1, f, "a");
  const auto o = cluster_options(L, 5, f);
  const auto result =
      with_memory(L, [&] { return stats::cluster_graph(x.flatten(1), graph_of(L, x, f, 2, 3, 4), o); });
  return push_result(L, result, [L](const auto& cluster) {
    push_tensor(L, at::tensor(cluster.points, at::kLong)), lua_setfield(L, -2, "points");
  });
}

// tfce(x [subjects, ...], dimensions, adjacency or nil, mask or nil, {extent, height, permutations, seed, tail}) -> t,
// score, p [points], permutations, exact
int lua_tfce(lua_State* L) {
  const char* f = "tfce";
  const at::Tensor x = check_tensor(L, 1, f, "a");
  luax::Options options(L, 5, f);
  stats::TfceOptions o;
  o.extent = number_option(L, options, f, "extent", o.extent);
  o.height = number_option(L, options, f, "height", o.height);
  o.permutations = options.integer("permutations", o.permutations);
  o.seed = static_cast<std::uint64_t>(options.integer("seed", 0));
  o.tail = tail_option(options, f);
  options.finish();
  const auto result = with_memory(L, [&] { return stats::tfce(x.flatten(1), graph_of(L, x, f, 2, 3, 4), o); });
  push_tensor(L, result.t);
  push_tensor(L, result.score);
  push_tensor(L, result.p);
  lua_pushinteger(L, result.permutations);
  lua_pushboolean(L, result.exact);
  return 5;
}

const luaL_Reg functions[] = {{"cluster", luax::guarded<lua_cluster>},
                              {"cluster_map", luax::guarded<lua_cluster_map>},
                              {"tfce", luax::guarded<lua_tfce>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_clusters(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
