// brain.rsa.similarity: comparison of representations without RDMs, scaling, distances with noise and folds;
// stdlib/rsa.lua and stdlib/rsa/*.lua make the public functions of it.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "rsa/cka.h"
#include "rsa/compare.h"
#include "rsa/crossvalidated.h"
#include "rsa/mds.h"
#include "rsa/rdm.h"
#include "rsa/rdm_missing.h"
#include "rsa/shape.h"
#include "stats/covariance.h"

namespace brain {

namespace {

std::optional<at::Tensor> optional_tensor(lua_State* L, int index, const char* function, const char* argument) {
  if (lua_isnoneornil(L, index)) return std::nullopt;
  return check_tensor(L, index, function, argument);
}

double number_option(lua_State* L, luax::Options& options, const char* function, const char* name,
                     double otherwise) {
  if (!options.get(name)) return otherwise;
  const double value = luax::check_number(L, -1, function, name);
  lua_pop(L, 1);
  return value;
}

// rdm(x, distance, precision or nil, prior_rate, prior_weight) -> [pairs] or [k, pairs]
int lua_rdm(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "rdm", "x");
  const auto distance = rsa::distance_of(luax::check_string(L, 2, "rdm", "distance"));
  rsa::RdmOptions options;
  if (const auto precision = optional_tensor(L, 3, "rdm", "noise")) options.precision = *precision;
  options.prior_rate = luax::check_number(L, 4, "rdm", "prior_rate");
  options.prior_weight = luax::check_number(L, 5, "rdm", "prior_weight");
  push_tensor(L, with_memory(L, [&] { return rsa::rdm(x, distance, options); }));
  return 1;
}

// rdm_products(x, distance [, gram, means or nil, features]) -> the same three of x, joined with those given
int lua_rdm_products(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "rdm", "x");
  const auto distance = rsa::distance_of(luax::check_string(L, 2, "rdm", "distance"));
  const auto before = optional_tensor(L, 3, "rdm", "gram"), means = optional_tensor(L, 4, "rdm", "means");
  const std::int64_t features = before ? luax::check_integer(L, 5, "rdm", "features") : 0;
  const auto all = with_memory(L, [&] {
    const auto own = rsa::products_of(x, distance);
    return before ? rsa::joined({*before, means.value_or(at::Tensor()), features}, own) : own;
  });
  push_tensor(L, all.gram);
  if (all.means.defined()) push_tensor(L, all.means);
  else lua_pushnil(L);
  lua_pushinteger(L, all.features);
  return 3;
}

// rdm_of_products(distance, gram, means or nil, features) -> [pairs]
int lua_rdm_of_products(lua_State* L) {
  const auto distance = rsa::distance_of(luax::check_string(L, 1, "rdm", "distance"));
  const at::Tensor gram = check_tensor(L, 2, "rdm", "gram");
  const auto means = optional_tensor(L, 3, "rdm", "means");
  const std::int64_t features = luax::check_integer(L, 4, "rdm", "features");
  push_tensor(L, with_memory(L, [&] {
    return rsa::rdm_of_products({gram, means.value_or(at::Tensor()), features}, distance);
  }));
  return 1;
}

// rdm_pairwise(x, distance) -> [pairs]
int lua_rdm_pairwise(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "rdm", "x");
  const auto distance = rsa::distance_of(luax::check_string(L, 2, "rdm", "distance"));
  push_tensor(L, with_memory(L, [&] { return rsa::rdm_pairwise(x, distance); }));
  return 1;
}

// crossvalidated(x, conditions or nil, folds or nil, distance, precision or nil, prior_rate, prior_weight) ->
// [pairs]; without conditions and folds x is [folds, conditions, features]
int lua_crossvalidated(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "rdm", "x");
  const auto conditions = optional_tensor(L, 2, "rdm", "conditions"), folds = optional_tensor(L, 3, "rdm", "folds"),
             precision = optional_tensor(L, 5, "rdm", "noise");
  const bool crossnobis = luax::check_string(L, 4, "rdm", "distance") == "crossnobis";
  const double rate = luax::check_number(L, 6, "rdm", "prior_rate"),
               weight = luax::check_number(L, 7, "rdm", "prior_weight");
  push_tensor(L, with_memory(L, [&] {
    const auto sums = conditions ? rsa::fold_sums(x, *conditions, *folds) : rsa::balanced_folds(x);
    return crossnobis ? rsa::crossnobis(sums, precision) : rsa::poisson_crossvalidated(sums, rate, weight);
  }));
  return 1;
}

// condition_means(x, conditions) -> [conditions, features] float64
int lua_condition_means(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "rdm", "x"), conditions = check_tensor(L, 2, "rdm", "conditions");
  push_tensor(L, with_memory(L, [&] {
    const auto sums = rsa::fold_sums(x, conditions, at::zeros_like(conditions));
    return sums.sums[0] / sums.counts[0].unsqueeze(1);
  }));
  return 1;
}

// covariance(x, estimator, groups or nil, degrees or nil) -> [features, features], shrinkage, degrees
int lua_covariance(lua_State* L) {
  const char* f = "noise_covariance";
  const at::Tensor x = check_tensor(L, 1, f, "x");
  const auto estimator = stats::covariance_estimator_of(luax::check_string(L, 2, f, "estimator"), f);
  const auto groups = optional_tensor(L, 3, f, "conditions");
  std::optional<std::int64_t> degrees;
  if (!lua_isnoneornil(L, 4)) degrees = luax::check_integer(L, 4, f, "degrees");
  const auto result = with_memory(L, [&] { return stats::covariance(x, estimator, groups, degrees); });
  push_tensor(L, result.matrix);
  lua_pushnumber(L, result.shrinkage);
  lua_pushinteger(L, result.degrees);
  return 3;
}

// precision(covariance) -> its inverse
int lua_precision(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "noise_precision", "covariance");
  push_tensor(L, with_memory(L, [&] { return stats::precision(x, "noise_precision"); }));
  return 1;
}

// compare(a, b, method, sigma) -> [k_a, k_b]
int lua_compare(lua_State* L) {
  const at::Tensor a = check_tensor(L, 1, "compare", "a"), b = check_tensor(L, 2, "compare", "b");
  const auto method = rsa::comparison_of(luax::check_string(L, 3, "compare", "method"), "compare");
  const auto sigma = optional_tensor(L, 4, "compare", "sigma");
  push_tensor(L, with_memory(L, [&] { return rsa::compare(a, b, method, sigma); }));
  return 1;
}

// compare_regression(a, b) -> [k_a, k_b]
int lua_compare_regression(lua_State* L) {
  const at::Tensor a = check_tensor(L, 1, "compare", "a"), b = check_tensor(L, 2, "compare", "b");
  push_tensor(L, with_memory(L, [&] { return rsa::compare_regression(a, b); }));
  return 1;
}

// compare_partial_each(a, b, ranked) -> [k_a, k_b]
int lua_compare_partial_each(lua_State* L) {
  const at::Tensor a = check_tensor(L, 1, "compare", "a"), b = check_tensor(L, 2, "compare", "b");
  const bool ranked = luax::check_boolean(L, 3, "compare", "ranked");
  push_tensor(L, with_memory(L, [&] { return rsa::compare_partial_each(a, b, ranked); }));
  return 1;
}

// cka(x, y, {kernel, unbiased, sigma, batch}) -> number
int lua_cka(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "cka", "x"), y = check_tensor(L, 2, "cka", "y");
  luax::Options options(L, 3, "cka");
  rsa::CkaOptions o;
  const std::string kernel = options.string("kernel", "linear");
  if (kernel != "linear" && kernel != "rbf") fail("cka: kernel: expected linear or rbf, got '", kernel, "'");
  o.kernel = kernel == "linear" ? rsa::Kernel::linear : rsa::Kernel::rbf;
  o.unbiased = options.boolean("unbiased", false);
  o.sigma = number_option(L, options, "cka", "sigma", 0);
  o.batch = options.integer("batch", 0);
  options.finish();
  lua_pushnumber(L, with_memory(L, [&] { return rsa::cka(x, y, o); }));
  return 1;
}

// shape_distance(x, y, alpha) -> angular, euclidean
int lua_shape_distance(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "procrustes", "x"), y = check_tensor(L, 2, "procrustes", "y");
  const double alpha = luax::check_number(L, 3, "procrustes", "alpha");
  const auto distance = with_memory(L, [&] { return rsa::shape_distance(x, y, alpha); });
  lua_pushnumber(L, distance.angular);
  lua_pushnumber(L, distance.euclidean);
  return 2;
}

// canonical_correlations(x, y) -> [rank]
int lua_canonical_correlations(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "cca", "x"), y = check_tensor(L, 2, "cca", "y");
  push_tensor(L, with_memory(L, [&] { return rsa::canonical_correlations(x, y); }));
  return 1;
}

// mds(rdm, {method, dimensions, starts, iterations, tolerance, seed}) -> points, stress, eigenvalues or nil
int lua_mds(lua_State* L) {
  const at::Tensor rdm = check_tensor(L, 1, "mds", "rdm");
  luax::Options options(L, 2, "mds");
  rsa::SmacofOptions o;
  const std::string method = options.string("method", "classical");
  if (method != "classical" && method != "smacof")
    fail("mds: method: expected classical or smacof, got '", method, "'");
  o.dimensions = options.integer("dimensions", o.dimensions);
  o.starts = options.integer("starts", o.starts);
  o.iterations = options.integer("iterations", o.iterations);
  o.tolerance = number_option(L, options, "mds", "tolerance", o.tolerance);
  o.seed = static_cast<std::uint64_t>(options.integer("seed", 0));
  options.finish();
  const auto result = with_memory(
      L, [&] { return method == "smacof" ? rsa::smacof(rdm, o) : rsa::classical_mds(rdm, o.dimensions); });
  push_tensor(L, result.points);
  lua_pushnumber(L, result.stress);
  push_tensor(L, result.eigenvalues);
  return 3;
}

const luaL_Reg functions[] = {{"rdm", luax::guarded<lua_rdm>},
                              {"rdm_products", luax::guarded<lua_rdm_products>},
                              {"rdm_of_products", luax::guarded<lua_rdm_of_products>},
                              {"rdm_pairwise", luax::guarded<lua_rdm_pairwise>},
                              {"crossvalidated", luax::guarded<lua_crossvalidated>},
                              {"condition_means", luax::guarded<lua_condition_means>},
                              {"covariance", luax::guarded<lua_covariance>},
                              {"precision", luax::guarded<lua_precision>},
                              {"compare", luax::guarded<lua_compare>},
                              {"compare_regression", luax::guarded<lua_compare_regression>},
                              {"compare_partial_each", luax::guarded<lua_compare_partial_each>},
                              {"cka", luax::guarded<lua_cka>},
                              {"shape_distance", luax::guarded<lua_shape_distance>},
                              {"canonical_correlations", luax::guarded<lua_canonical_correlations>},
                              {"mds", luax::guarded<lua_mds>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_similarity(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
