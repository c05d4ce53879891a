// brain.optim.native: optimisers and schedules as userdata; stdlib/optim.lua gives them their Lua face.
#include "bindings/lua/object.h"
#include "bindings/option_values.h"
#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"
#include "core/error.h"
#include "optim/clip.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"

namespace brain {

namespace {

struct OptimizerHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrOptimz");
  luax::Tag tag = kTag;
  std::shared_ptr<Optimizer> optimizer;
};

struct ScheduleHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrSchedl");
  luax::Tag tag = kTag;
  std::unique_ptr<Schedule> schedule;
};

std::shared_ptr<Optimizer>& optimizer_at(lua_State* L, int index, const char* method) {
  auto* handle = luax::test<OptimizerHandle>(L, index);
  if (!handle) luax::argument_error(method, "self", "optimiser", L, index);
  return handle->optimizer;
}

Schedule& schedule_at(lua_State* L, const char* method) {
  return *luax::self<ScheduleHandle>(L, method, "schedule").schedule;
}

std::vector<at::Tensor> check_list(lua_State* L, int index, const char* function, const char* argument) {
  if (lua_type(L, index) != LUA_TTABLE) luax::argument_error(function, argument, "list of Tensors", L, index);
  std::vector<at::Tensor> list;
  for (lua_Integer i = 1; i <= static_cast<lua_Integer>(lua_rawlen(L, index)); ++i) {
    lua_rawgeti(L, index, i);
    list.push_back(check_tensor(L, -1, function, join_text(argument, "[", i, "]").c_str()));
    lua_pop(L, 1);
  }
  return list;
}

// optimizer:add_group(names, tensors, options)
int add_group(lua_State* L) {
  Optimizer& optimizer = *optimizer_at(L, 1, "add_group");
  ParameterGroup group{{}, optimizer.defaults()};
  const auto tensors = check_list(L, 3, optimizer.kind().name, "params");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    lua_rawgeti(L, 2, static_cast<lua_Integer>(i) + 1);
    group.parameters.push_back({luax::check_string(L, -1, optimizer.kind().name, "name"), tensors[i]});
    lua_pop(L, 1);
  }
  set_options(L, 4, group.options);
  optimizer.add_group(std::move(group));
  return 0;
}

// optimizer:option(group, name [, value]): reads it, or sets it
int option(lua_State* L) {
  Optimizer& optimizer = *optimizer_at(L, 1, "option");
  const auto g = static_cast<std::size_t>(luax::check_integer(L, 2, "option", "group") - 1);
  OptionValues values = optimizer.group(g).options;
  const std::size_t place = values.find(luax::check_string(L, 3, values.owner(), "option"));
  if (lua_isnoneornil(L, 4)) return push_option(L, values, place), 1;
  set_option(L, 4, values, place);
  optimizer.set_option(g, place, values.list(place));
  return 0;
}

int step(lua_State* L) {
  Optimizer& optimizer = *optimizer_at(L, 1, "step");
  with_memory(L, [&] { return optimizer.step(), 0; });
  return 0;
}

int zero_grad(lua_State* L) { return optimizer_at(L, 1, "zero_grad")->zero_grad(), 0; }

// optimizer:state() -> name to tensor, the names in order, name to number
int state(lua_State* L) {
  const OptimizerState state = optimizer_at(L, 1, "state_dict")->state();
  lua_newtable(L);
  lua_newtable(L);
  for (const auto& [name, tensor] : state.tensors) {
    push_tensor(L, tensor);
    lua_setfield(L, -3, name.c_str());
    lua_pushstring(L, name.c_str());
    lua_rawseti(L, -2, static_cast<lua_Integer>(lua_rawlen(L, -2)) + 1);
  }
  push_numbers(L, state.numbers);
  return 3;
}

int load_state(lua_State* L) {
  Optimizer& optimizer = *optimizer_at(L, 1, "load_state_dict");
  if (lua_type(L, 2) != LUA_TTABLE) luax::argument_error("load_state_dict", "tensors", "table", L, 2);
  OptimizerState state;
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
    state.tensors.push_back(
        {luax::check_string(L, -2, "load_state_dict", "name"), check_tensor(L, -1, "load_state_dict")});
  state.numbers = check_numbers(L, 3);
  optimizer.load_state(state);
  return 0;
}

int schedule_step(lua_State* L) {
  Schedule& schedule = schedule_at(L, "step");
  if (lua_isnoneornil(L, 2)) schedule.step();
  else schedule.step(luax::check_number(L, 2, "step", "metric"));
  return 0;
}

int schedule_follows_metric(lua_State* L) {
  return lua_pushboolean(L, schedule_at(L, "follows_metric").follows_metric()), 1;
}

// schedule:rates(n) -> the first n rates, and momenta where they cycle
int schedule_rates(lua_State* L) {
  std::vector<double> rates, momenta;
  for (const Rate& rate : schedule_at(L, "rates").rates(luax::check_integer(L, 2, "rates", "n"))) {
    rates.push_back(rate.lr);
    if (rate.momentum) momenta.push_back(*rate.momentum);
  }
  push_list(L, rates);
  if (momenta.empty()) return 1;
  push_list(L, momenta);
  return 2;
}

int schedule_state(lua_State* L) { return push_numbers(L, schedule_at(L, "state_dict").state()), 1; }

int schedule_load_state(lua_State* L) {
  schedule_at(L, "load_state_dict").load_state(check_numbers(L, 2));
  return 0;
}

// Gives the handle on top its class: methods and nothing else.
template <class T>
void set_class(lua_State* L, const char* name, const luaL_Reg* methods) {
  static const luaL_Reg metamethods[] = {{"__gc", luax::destroy<T>}, {nullptr, nullptr}};
  luax::set_class<T>(L, name, methods, metamethods);
}

// optimizer(kind) -> one without groups
int new_optimizer(lua_State* L) {
  const OptimizerKind& kind = optimizer_kind(luax::check_string(L, 1, "optimizer", "kind"));
  auto* handle = new (lua_newuserdatauv(L, sizeof(OptimizerHandle), 0)) OptimizerHandle;
  static const luaL_Reg methods[] = {{"add_group", luax::guarded<add_group>},
                                     {"option", luax::guarded<option>},
                                     {"step", luax::guarded<step>},
                                     {"zero_grad", luax::guarded<zero_grad>},
                                     {"state", luax::guarded<state>},
                                     {"load_state", luax::guarded<load_state>},
                                     {nullptr, nullptr}};
  set_class<OptimizerHandle>(L, "Optimizer", methods);
  handle->optimizer = std::make_shared<Optimizer>(kind);
  return 1;
}

// schedule(kind, optimizer, options)
int new_schedule(lua_State* L) {
  const ScheduleKind& kind = schedule_kind(luax::check_string(L, 1, "schedule", "kind"));
  const auto& optimizer = optimizer_at(L, 2, kind.name);
  OptionValues values(kind.name, kind.options);
  set_options(L, 3, values);
  auto schedule = make_schedule(kind, std::move(values), optimizer);
  auto* handle = new (lua_newuserdatauv(L, sizeof(ScheduleHandle), 0)) ScheduleHandle;
  static const luaL_Reg methods[] = {{"step", luax::guarded<schedule_step>},
                                     {"follows_metric", luax::guarded<schedule_follows_metric>},
                                     {"rates", luax::guarded<schedule_rates>},
                                     {"state_dict", luax::guarded<schedule_state>},
                                     {"load_state_dict", luax::guarded<schedule_load_state>},
                                     {nullptr, nullptr}};
  set_class<ScheduleHandle>(L, "Schedule", methods);
  handle->schedule = std::move(schedule);
  return 1;
}

// clip_grad_norm_(tensors, max_norm, norm_type, error_if_nonfinite) -> Tensor
int clip_norm(lua_State* L) {
  const double max_norm = luax::check_number(L, 2, "clip_grad_norm_", "max_norm");
  push_tensor(L, clip_grad_norm_(check_list(L, 1, "clip_grad_norm_", "params"), max_norm,
                                 luaL_optnumber(L, 3, 2), lua_toboolean(L, 4) != 0));
  return 1;
}

int clip_value(lua_State* L) {
  clip_grad_value_(check_list(L, 1, "clip_grad_value_", "params"),
                   luax::check_number(L, 2, "clip_grad_value_", "value"));
  return 0;
}

template <class Kinds>
int push_names(lua_State* L, const Kinds& kinds) {
  lua_newtable(L);
  for (const auto* kind : kinds) {
    lua_pushstring(L, kind->name);
    lua_rawseti(L, -2, static_cast<lua_Integer>(lua_rawlen(L, -2)) + 1);
  }
  return 1;
}

int optimizers(lua_State* L) { return push_names(L, optimizer_kinds()); }
int schedules(lua_State* L) { return push_names(L, schedule_kinds()); }

const luaL_Reg functions[] = {{"optimizer", luax::guarded<new_optimizer>},
                              {"schedule", luax::guarded<new_schedule>},
                              {"clip_grad_norm_", luax::guarded<clip_norm>},
                              {"clip_grad_value_", luax::guarded<clip_value>},
                              {"optimizers", luax::guarded<optimizers>},
                              {"schedules", luax::guarded<schedules>},
                              {nullptr, nullptr}};

}  // namespace

int luaopen_brain_optim(lua_State* L) {
  luaL_newlib(L, functions);
  return 1;
}

}  // namespace brain
