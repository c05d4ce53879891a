// torch.no_grad and its kin: thread-local states that hold for a function or until the end of a block.
//   torch.no_grad(fn, ...) -> fn's results        local _ <close> = torch.no_grad()
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <memory>

#include "bindings/lua/object.h"
#include "bindings/torch/autograd.h"
#include "bindings/torch/convert.h"
#include "core/error.h"

namespace brain {

namespace {

// A state that holds while the object lives.
struct Guard {
  virtual ~Guard() = default;
};

struct GradGuard final : Guard {
  explicit GradGuard(bool on) : guard(on) {}
  c10::AutoGradMode guard;
};

struct InferenceGuard final : Guard {
  explicit InferenceGuard(bool on) : guard(on) {}
  c10::InferenceMode guard;
};

struct AutocastGuard final : Guard {
  AutocastGuard(at::DeviceType device, at::ScalarType dtype, bool enabled, bool cache)
      : device(device),
        was_enabled(at::autocast::is_autocast_enabled(device)),
        was_dtype(at::autocast::get_autocast_dtype(device)),
        was_cache(at::autocast::is_autocast_cache_enabled()) {
    at::autocast::set_autocast_enabled(device, enabled);
    at::autocast::set_autocast_dtype(device, dtype);
    at::autocast::set_autocast_cache_enabled(cache);
    at::autocast::increment_nesting();
  }
  ~AutocastGuard() override {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device, was_enabled);
    at::autocast::set_autocast_dtype(device, was_dtype);
    at::autocast::set_autocast_cache_enabled(was_cache);
  }
  at::DeviceType device;
  bool was_enabled;
  at::ScalarType was_dtype;
  bool was_cache;
};

struct ScopeGuard final : Guard {
  ScopeGuard(lua_State* L, std::int32_t place) : place(place) { memory::open_marker(L, marker); }
  ~ScopeGuard() override { memory::close_marker(marker, place); }
  HandleNode marker;
  std::int32_t place;
};

struct GuardHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrGuard_");
  luax::Tag tag = kTag;
  std::unique_ptr<Guard> guard;
};

int guard_close(lua_State* L) {
  if (auto* handle = luax::test<GuardHandle>(L, 1)) handle->guard.reset();
  return 0;
}

// A scope that nobody closed (in a coroutine that was given up, say) frees nothing: its tensors are garbage or in use.
int guard_gc(lua_State* L) {
  auto* handle = static_cast<GuardHandle*>(lua_touserdata(L, 1));
  if (auto* scope = dynamic_cast<ScopeGuard*>(handle->guard.get())) memory::drop_marker(scope->marker);
  handle->guard.~unique_ptr();
  handle->tag = 0;
  return 0;
}

// Marks the tensors in a value (a tensor, or tables holding tensors) as outliving the scope.
void keep_value(lua_State* L, int index, ScopeGuard& scope, int depth = 0) {
  if (TensorHandle* handle = test_tensor(L, index)) return memory::move_before(handle, scope.marker);
  if (lua_type(L, index) != LUA_TTABLE || depth > 32) return;
  luaL_checkstack(L, 8, "keep");
  index = lua_absindex(L, index);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    keep_value(L, -1, scope, depth + 1);
    if (lua_type(L, -2) == LUA_TUSERDATA) keep_value(L, -2, scope, depth + 1);
    lua_pop(L, 1);
  }
}

// scope:keep(x, ...) -> x, ...
int scope_keep(lua_State* L) {
  auto* handle = luax::test<GuardHandle>(L, 1);
  auto* scope = handle ? dynamic_cast<ScopeGuard*>(handle->guard.get()) : nullptr;
  if (!scope) luax::argument_error("keep", "self", "open scope", L, 1);
  for (int i = 2; i <= lua_gettop(L); ++i) keep_value(L, i, *scope);
  return lua_gettop(L) - 1;
}

void push_guard(lua_State* L, std::unique_ptr<Guard> guard) {
  auto* handle = new (lua_newuserdatauv(L, sizeof(GuardHandle), 0)) GuardHandle;
  static const luaL_Reg methods[] = {{"keep", luax::guarded<scope_keep>}, {"close", luax::guarded<guard_close>}, {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__gc", guard_gc}, {"__close", guard_close}, {nullptr, nullptr}};
  luax::set_class<GuardHandle>(L, "Guard", methods, metamethods);
  handle->guard = std::move(guard);
}

// Either calls the function at `index` under the guard and returns its results, or returns the guard itself.
int hold(lua_State* L, int index, std::unique_ptr<Guard> guard, const char* name) {
  if (lua_isnoneornil(L, index)) {
    push_guard(L, std::move(guard));
    return 1;
  }
  luax::check_function(L, index, name, "function");
  const int count = lua_gettop(L) - index;
  lua_call(L, count, LUA_MULTRET);  // an error unwinds through here and closes the guard
  return lua_gettop(L) - index + 1;
}

int no_grad(lua_State* L) { return hold(L, 1, std::make_unique<GradGuard>(false), "no_grad"); }
int enable_grad(lua_State* L) { return hold(L, 1, std::make_unique<GradGuard>(true), "enable_grad"); }

int inference_mode(lua_State* L) {
  return hold(L, 1, std::make_unique<InferenceGuard>(true), "inference_mode");
}

// torch.autocast{device_type='cpu', dtype='bfloat16', enabled=true, cache_enabled=true}, then fn
int autocast(lua_State* L) {
  int index = 1;
  at::Device device(at::kCPU);
  std::optional<at::ScalarType> dtype;
  bool enabled = true, cache = true;
  if (lua_type(L, 1) == LUA_TTABLE) {
    luax::Options options(L, 1, "autocast");
    if (options.get("device_type")) {
      device = check_device(L, -1, "autocast");
      lua_pop(L, 1);
    }
    if (options.get("dtype")) {
      dtype = check_dtype(L, -1, "autocast");
      lua_pop(L, 1);
    }
    enabled = options.boolean("enabled", true);
    cache = options.boolean("cache_enabled", true);
    options.finish();
    index = 2;
  }
  const auto type = dtype.value_or(device.is_cpu() ? at::kBFloat16 : at::kHalf);
  if (type != at::kBFloat16 && type != at::kHalf)
    fail("autocast: dtype: expected 'bfloat16' or 'float16', got '", dtype_name(type), "'");
  return hold(L, index, std::make_unique<AutocastGuard>(device.type(), type, enabled, cache), "autocast");
}

// torch.scope(function(scope, ...) ... end, ...) frees every tensor made inside except those returned and kept;
// local s <close> = torch.scope() does so at the end of the block. Tensors made by another coroutine meanwhile stay.
int scope(lua_State* L) {
  luaL_where(L, 1);
  std::string where = lua_tostring(L, -1);
  lua_pop(L, 1);
  while (!where.empty() && (where.back() == ' ' || where.back() == ':')) where.pop_back();
  const auto place = release_place("when its scope ended" + (where.empty() ? "" : " (opened at " + where + ")"));
  auto guard = std::make_unique<ScopeGuard>(L, place);
  if (lua_isnoneornil(L, 1)) {
    push_guard(L, std::move(guard));
    return 1;
  }
  luax::check_function(L, 1, "scope", "function");
  ScopeGuard& open = *guard;
  push_guard(L, std::move(guard));
  lua_insert(L, 2);
  const int count = lua_gettop(L) - 1;
  lua_pushvalue(L, 2);
  lua_insert(L, 1);  // [scope, fn, scope, arguments...]: the handle stays reachable below the call
  try {
    lua_call(L, count, LUA_MULTRET);
  } catch (...) {
    memory::close_marker(open.marker, place);
    throw;
  }
  for (int i = 2; i <= lua_gettop(L); ++i) keep_value(L, i, open);
  memory::close_marker(open.marker, place);
  return lua_gettop(L) - 1;
}

int is_grad_enabled(lua_State* L) { return lua_pushboolean(L, c10::GradMode::is_enabled()), 1; }
int is_inference_mode_enabled(lua_State* L) { return lua_pushboolean(L, c10::InferenceMode::is_enabled()), 1; }

int set_grad_enabled(lua_State* L) {
  c10::GradMode::set_enabled(luax::check_boolean(L, 1, "set_grad_enabled", "mode"));
  return 0;
}

}  // namespace

const luaL_Reg guard_functions[] = {
    {"no_grad", luax::guarded<no_grad>}, {"enable_grad", luax::guarded<enable_grad>},
    {"inference_mode", luax::guarded<inference_mode>}, {"autocast", luax::guarded<autocast>},
    {"scope", luax::guarded<scope>}, {"is_grad_enabled", luax::guarded<is_grad_enabled>},
    {"is_inference_mode_enabled", luax::guarded<is_inference_mode_enabled>},
    {"set_grad_enabled", luax::guarded<set_grad_enabled>}, {nullptr, nullptr}};

}  // namespace brain
