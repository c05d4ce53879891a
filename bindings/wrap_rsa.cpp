// brain.rsa.native: RDMs and their comparison on tensors; stdlib/rsa.lua makes the public functions of it.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "rsa/compare.h"
#include "rsa/decoding.h"
#include "rsa/pairs.h"
#include "rsa/partial_evaluation.h"
#include "rsa/resampled.h"

namespace brain {

namespace {

std::vector<std::int64_t> check_integers(lua_State* L, int index, const char* function,
                                         const char* argument) {
  if (!lua_istable(L, index)) luax::argument_error(function, argument, "list of integers", L, index);
  std::vector<std::int64_t> list;
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
    lua_rawgeti(L, index, i);
    list.push_back(luax::check_integer(L, -1, function, argument));
    lua_pop(L, 1);
  }
  return list;
}

template <class F>
int push_result(lua_State* L, F f) {
  push_tensor(L, with_memory(L, f));
  return 1;
}

// condensed(rdms, name) -> [k, pairs]
int lua_condensed(lua_State* L) {
  const std::string name = luax::check_string(L, 2, "condensed", "name");
  const at::Tensor x = check_tensor(L, 1, name.c_str(), "rdms");
  return push_result(L, [&] { return rsa::condensed(x, name); });
}

// square(condensed) -> [k, n, n]
int lua_square(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "matrices", "rdms");
  return push_result(L, [&] { return rsa::square(x); });
}

// subset(condensed, conditions) -> [k, pairs among them]
int lua_subset(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "subset", "rdms");
  const auto conditions = check_integers(L, 2, "subset", "conditions");
  return push_result(L, [&] { return rsa::subset(x, conditions); });
}

// conditions_of(pairs) -> n, or 0
int lua_conditions_of(lua_State* L) {
  lua_pushinteger(L, rsa::conditions_of(luax::check_integer(L, 1, "conditions_of", "pairs")));
  return 1;
}

// compare_partial(a, b, control, ranked) -> [k_a, k_b]
int lua_compare_partial(lua_State* L) {
  const at::Tensor a = check_tensor(L, 1, "compare", "a"), b = check_tensor(L, 2, "compare", "b"),
                   control = check_tensor(L, 3, "compare", "control");
  const bool ranked = luax::check_boolean(L, 4, "compare", "ranked");
  return push_result(L, [&] { return rsa::compare_partial(a, b, control, ranked); });
}

// pairs_differ(rdms) -> whether its rows differ in which pairs are NaN
int lua_pairs_differ(lua_State* L) {
  lua_pushboolean(L, rsa::pairs_differ(check_tensor(L, 1, "pairs_differ", "rdms")));
  return 1;
}

// evaluate(models, rdms, conditions, subjects, method, control or nil, ceilings, the caller's name, whether to the mean RDM) ->
// [draws, models], [draws, models, subjects], [draws, 2]
int lua_evaluate(lua_State* L) {
  const std::string owner = lua_isnoneornil(L, 8) ? "evaluate" : luax::check_string(L, 8, "evaluate", "owner");
  const char* f = owner.c_str();
  const at::Tensor models = check_tensor(L, 1, f, "models"), rdms = check_tensor(L, 2, f, "rdms"),
                   conditions = check_tensor(L, 3, f, "conditions"),
                   subjects = check_tensor(L, 4, f, "subjects");
  const auto method = rsa::comparison_of(luax::check_string(L, 5, f, "method"), f);
  std::optional<at::Tensor> control;
  if (!lua_isnoneornil(L, 6)) control = check_tensor(L, 6, f, "control").cpu();
  const bool ceilings = luax::check_boolean(L, 7, f, "ceilings"), to_mean = lua_toboolean(L, 9) != 0;
  auto result = with_memory(L, [&] {
    return rsa::evaluate_resampled(models.cpu(), rdms.cpu(), conditions.cpu(), subjects.cpu(), method,
                                   control, ceilings, to_mean);
  });
  push_tensor(L, std::move(result.similarity));
  push_tensor(L, std::move(result.per_subject));
  push_tensor(L, std::move(result.ceiling));
  return 3;
}

// decoding_rdm(trials, {classifier, folds, average, repeats, smooth, seed}) -> [times, pairs]
int lua_decoding_rdm(lua_State* L) {
  const char* f = "decoding_rdm";
  const at::Tensor trials = check_tensor(L, 1, f, "trials");
  luax::Options options(L, 2, f);
  rsa::DecodingOptions o;
  const std::string classifier = options.string("classifier", "svm");
  if (classifier != "svm" && classifier != "lda")
    fail(f, ": classifier: expected svm or lda, got '", classifier, "'");
  o.classifier = classifier == "svm" ? rsa::Classifier::svm : rsa::Classifier::lda;
  o.folds = options.integer("folds", o.folds);
  o.average = options.integer("average", o.average);
  o.repeats = options.integer("repeats", o.repeats);
  o.smooth = options.integer("smooth", o.smooth);
  o.seed = static_cast<std::uint64_t>(options.integer("seed", 0));
  options.finish();
  return push_result(L, [&] { return rsa::decoding_rdm(trials, o); });
}

// smooth(x, width): the centred mean over axis 0
int lua_smooth(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "smooth", "x");
  const std::int64_t width = luax::check_integer(L, 2, "smooth", "width");
  if (x.dim() < 1 || !at::isFloatingType(x.scalar_type()) || width < 1)
    fail("smooth: expected real numbers [times, ...] and a width of at least 1, got ", x.sizes(), " and ",
         width);
  return push_result(L, [&] { return rsa::smoothed(x, width); });
}

const luaL_Reg functions[] = {{"condensed", luax::guarded<lua_condensed>},
                              {"square", luax::guarded<lua_square>},
                              {"subset", luax::guarded<lua_subset>},
                              {"conditions_of", luax::guarded<lua_conditions_of>},
                              {"compare_partial", luax::guarded<lua_compare_partial>},
                              {"pairs_differ", luax::guarded<lua_pairs_differ>},
                              {"evaluate", luax::guarded<lua_evaluate>},
                              {"decoding_rdm", luax::guarded<lua_decoding_rdm>},
                              {"smooth", luax::guarded<lua_smooth>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_rsa(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
