// brain.stats.native: ranks, distributions, draws; stdlib/stats.lua makes the public
// functions of it.
#include "bindings/lua/luax.h"
#include "bindings/option_values.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "core/philox.h"
#include "rsa/gsn_ceiling.h"
#include "stats/breakpoints.h"
#include "stats/distribution.h"
#include "stats/gsn.h"
#include "stats/rank.h"

namespace brain {

namespace {

int push_integers(lua_State* L, const std::vector<std::int64_t>& list) {
  push_tensor(L, at::tensor(list, at::kLong));
  return 1;
}

// average_ranks(x) -> float64 of the shape of x
int lua_average_ranks(lua_State* L) {
  const at::Tensor x = check_tensor(L, 1, "rank", "x");
  push_tensor(L, with_memory(L, [&] { return stats::average_ranks(x); }));
  return 1;
}

// student_t_above(t, df), Tensors that broadcast -> P(T > t)
int lua_student_t_above(lua_State* L) {
  const auto both =
      at::broadcast_tensors({check_tensor(L, 1, "student_t_above", "t").to(at::kCPU, at::kDouble),
                             check_tensor(L, 2, "student_t_above", "df").to(at::kCPU, at::kDouble)});
  const at::Tensor t = both[0].contiguous(), df = both[1].contiguous();
  at::Tensor p = at::empty_like(t);
  auto* out = p.mutable_data_ptr<double>();
  for (std::int64_t k = 0; k < t.numel(); ++k)
    out[k] = stats::student_t_above(t.const_data_ptr<double>()[k], df.const_data_ptr<double>()[k]);
  push_tensor(L, p);
  return 1;
}

// f(number [, number ...]) -> number
int lua_student_t_quantile(lua_State* L) {
  lua_pushnumber(L, stats::student_t_quantile_above(luax::check_number(L, 1, "student_t_quantile", "p"),
                                                    luax::check_number(L, 2, "student_t_quantile", "df")));
  return 1;
}

int lua_noncentral_t_above(lua_State* L) {
  const char* f = "noncentral_t_above";
  lua_pushnumber(L, stats::noncentral_t_above(luax::check_number(L, 1, f, "t"), luax::check_number(L, 2, f, "df"),
                                              luax::check_number(L, 3, f, "delta")));
  return 1;
}

int lua_normal_above(lua_State* L) {
  lua_pushnumber(L, stats::normal_above(luax::check_number(L, 1, "normal_above", "z")));
  return 1;
}

int lua_normal_quantile(lua_State* L) {
  lua_pushnumber(L, stats::normal_quantile_above(luax::check_number(L, 1, "normal_quantile", "p")));
  return 1;
}

int lua_binomial_at_most(lua_State* L) {
  lua_pushnumber(L, stats::binomial_at_most(static_cast<long>(luax::check_integer(L, 1, "binomial", "k")),
                                            static_cast<long>(luax::check_integer(L, 2, "binomial", "n")),
                                            luax::check_number(L, 3, "binomial", "p")));
  return 1;
}

// resample(seed, index, n, k) -> int64 [k], drawn with replacement from 0 ... n-1
int lua_resample(lua_State* L) {
  const auto seed = static_cast<std::uint64_t>(luax::check_integer(L, 1, "resample", "seed")),
             index = static_cast<std::uint64_t>(luax::check_integer(L, 2, "resample", "index"));
  const std::int64_t n = luax::check_integer(L, 3, "resample", "n"),
                     k = luax::check_integer(L, 4, "resample", "k");
  if (n < 1 || k < 0) fail("resample: expected n of at least 1, got ", n);
  return push_integers(L, sample_with_replacement(seed, index, n, k));
}

// permutation(seed, index, n) -> int64 [n]
int lua_permutation(lua_State* L) {
  const auto seed = static_cast<std::uint64_t>(luax::check_integer(L, 1, "permutation", "seed")),
             index = static_cast<std::uint64_t>(luax::check_integer(L, 2, "permutation", "index"));
  return push_integers(L, permutation(seed, index, luax::check_integer(L, 3, "permutation", "n")));
}

int lua_f_above(lua_State* L) {
  lua_pushnumber(L, stats::f_above(luax::check_number(L, 1, "f_above", "f"), luax::check_number(L, 2, "f_above", "a"),
                                   luax::check_number(L, 3, "f_above", "b")));
  return 1;
}

// breakpoints(x, y, breaks, apart) -> breaks, coefficients, residual
int lua_breakpoints(lua_State* L) {
  const char* f = "breakpoints";
  const at::Tensor x = check_tensor(L, 1, f, "x"), y = check_tensor(L, 2, f, "y");
  const auto breaks = luax::check_integer(L, 3, f, "breaks"), apart = luax::check_integer(L, 4, f, "apart");
  const auto result = with_memory(L, [&] { return stats::breakpoints(x, y, breaks, apart); });
  push_list(L, result.breaks);
  push_list(L, result.coefficients);
  lua_pushnumber(L, result.residual);
  return 3;
}

// ncsnr(trials) -> [units]
int lua_ncsnr(lua_State* L) {
  const at::Tensor trials = check_tensor(L, 1, "ncsnr", "trials");
  push_tensor(L, with_memory(L, [&] { return stats::ncsnr(trials); }));
  return 1;
}

// gsn(trials, {biconvex, split, simulations, conditions, scale, seed}) -> table; simulations 0: no ceiling
int lua_gsn(lua_State* L) {
  const at::Tensor trials = check_tensor(L, 1, "gsn", "trials");
  luax::Options options(L, 2, "gsn");
  const bool biconvex = options.boolean("biconvex", true);
  const auto split = static_cast<std::uint32_t>(options.integer("split", 42));
  rsa::GsnCeilingOptions o;
  o.simulations = options.integer("simulations", o.simulations);
  o.conditions = options.integer("conditions", o.conditions);
  o.scale = options.boolean("scale", o.scale);
  o.seed = static_cast<std::uint64_t>(options.integer("seed", 0));
  options.finish();
  const auto variant = biconvex ? stats::GsnVariant::biconvex : stats::GsnVariant::nearest;
  const auto g = with_memory(L, [&] { return stats::gsn(trials, variant, split); });
  lua_newtable(L);
  const auto number = [&](const char* name, double value) { lua_pushnumber(L, value), lua_setfield(L, -2, name); };
  const auto tensor = [&](const char* name, const at::Tensor& t) { push_tensor(L, t), lua_setfield(L, -2, name); };
  tensor("signal_mean", g.signal_mean), tensor("ncsnr", g.ncsnr);
  tensor("signal_covariance", g.signal_covariance), tensor("noise_covariance", g.noise_covariance);
  number("signal_shrinkage", g.data_shrinkage), number("noise_shrinkage", g.noise_shrinkage);
  lua_pushinteger(L, g.iterations), lua_setfield(L, -2, "iterations");
  if (o.simulations == 0) return 1;
  const auto ceiling = with_memory(L, [&] { return rsa::gsn_ceiling(trials, g, o); });
  number("ceiling", ceiling.ceiling), number("scale", ceiling.scale), number("reliability", ceiling.data_reliability);
  tensor("simulated", ceiling.correlations);
  return 1;
}

const luaL_Reg functions[] = {{"average_ranks", luax::guarded<lua_average_ranks>},
                              {"student_t_above", luax::guarded<lua_student_t_above>},
                              {"student_t_quantile", luax::guarded<lua_student_t_quantile>},
                              {"noncentral_t_above", luax::guarded<lua_noncentral_t_above>},
                              {"normal_above", luax::guarded<lua_normal_above>},
                              {"normal_quantile", luax::guarded<lua_normal_quantile>},
                              {"binomial_at_most", luax::guarded<lua_binomial_at_most>},
                              {"resample", luax::guarded<lua_resample>},
                              {"permutation", luax::guarded<lua_permutation>},
                              {"f_above", luax::guarded<lua_f_above>},
                              {"breakpoints", luax::guarded<lua_breakpoints>},
                              {"ncsnr", luax::guarded<lua_ncsnr>},
                              {"gsn", luax::guarded<lua_gsn>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_stats(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
