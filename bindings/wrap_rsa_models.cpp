// brain.rsa.models: models fitted to RDMs, with and without cross-validation; stdlib/rsa/model.lua and evaluate.lua
// make the public functions of it.
#include "bindings/lua/luax.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "rsa/gram_evaluation.h"

namespace brain {

namespace {

// A list of {first = place, count =, kind =, nonnegative =, ridge =}.
std::vector<rsa::FittedModel> check_models(lua_State* L, int index, const char* function) {
  if (!lua_istable(L, index)) luax::argument_error(function, "models", "list of models", L, index);
  std::vector<rsa::FittedModel> models;
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
    lua_rawgeti(L, index, i);
    luax::Options options(L, lua_gettop(L), function);
    rsa::FittedModel model;
    const std::int64_t first = options.integer("first", 0), count = options.integer("count", 1);
    for (std::int64_t k = 0; k < count; ++k)
      model.rdms.push_back(first + k);
    model.kind = rsa::combination_of(options.string("kind", "fixed"));
    model.nonnegative = options.boolean("nonnegative", false);
    if (options.get("ridge")) {
      model.ridge = luax::check_number(L, -1, function, "ridge");
      lua_pop(L, 1);
    }
    options.finish();
    models.push_back(std::move(model));
    lua_pop(L, 1);
  }
  return models;
}

// fit(models, all, rdms, method) -> list of Tensors of weights
int lua_fit(lua_State* L) {
  const char* f = "fit_weights";
  const auto models = check_models(L, 1, f);
  const at::Tensor all = check_tensor(L, 2, f, "models"), rdms = check_tensor(L, 3, f, "rdms");
  const auto method = rsa::comparison_of(luax::check_string(L, 4, f, "method"), f);
  const auto weights = with_memory(L, [&] { return rsa::fit_models(models, all.cpu(), rdms.cpu(), method); });
  lua_createtable(L, static_cast<int>(weights.size()), 0);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    push_tensor(L, at::tensor(weights[k], at::kDouble));
    lua_rawseti(L, -2, static_cast<lua_Integer>(k) + 1);
  }
  return 1;
}

// crossvalidated(models, all, rdms, conditions, subjects, method, {conditions, subjects, repeats, seed}) -> [draws,
// repeats, models], [draws, repeats, 2]
int lua_crossvalidated(lua_State* L) {
  const char* f = "evaluate";
  const auto models = check_models(L, 1, f);
  const at::Tensor all = check_tensor(L, 2, f, "models"), rdms = check_tensor(L, 3, f, "rdms"),
                   conditions = check_tensor(L, 4, f, "conditions"), subjects = check_tensor(L, 5, f, "subjects");
  const auto method = rsa::comparison_of(luax::check_string(L, 6, f, "method"), f);
  luax::Options options(L, 7, "evaluate: crossvalidate");
  rsa::CrossvalidationOptions o;
  o.condition_folds = options.integer("conditions", 0);
  o.subject_folds = options.integer("subjects", 0);
  o.repeats = options.integer("repeats", o.repeats);
  o.seed = static_cast<std::uint64_t>(options.integer("seed", 0));
  options.finish();
  auto result = with_memory(L, [&] {
    return rsa::evaluate_crossvalidated(models, all.cpu(), rdms.cpu(), conditions, subjects, method, o);
  });
  push_tensor(L, std::move(result.similarity));
  push_tensor(L, std::move(result.ceiling));
  return 2;
}

const luaL_Reg functions[] = {{"fit", luax::guarded<lua_fit>},
                              {"crossvalidated", luax::guarded<lua_crossvalidated>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_rsa_models(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
