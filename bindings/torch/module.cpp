#include "bindings/torch/module.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/CPUAllocator.h>

#include <limits>

#include "bindings/torch/autograd.h"
#include "bindings/torch/call.h"
#include "bindings/torch/construct.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/methods.h"
#include "core/error.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/nearest.h"
#include "core/torch_compat.h"

namespace brain {

namespace {

std::string_view string_at(lua_State* L, int index) {
  std::size_t size = 0;
  const char* data = lua_tolstring(L, index, &size);
  return {data, size};
}

// __index of torch, torch.linalg ...: upvalue 1 is the prefix of operator names ("", "linalg_").
int namespace_index(lua_State* L) {
  const std::string prefix(string_at(L, lua_upvalueindex(1)));
  const std::string shown = prefix.empty() ? "torch" : "torch." + prefix.substr(0, prefix.size() - 1);
  if (lua_type(L, 2) != LUA_TSTRING) fail(shown, ": expected a name, got ", luax::describe(L, 2));
  const std::string name(string_at(L, 2));
  const std::string reason = off_surface(prefix + name);
  const Operator* op = reason.empty() ? find_operator("aten", prefix + name) : nullptr;
  if (op) {
    push_operator(L, *op);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
  }
  if (!reason.empty() && find_operator("aten", prefix + name))
    fail(shown, ".", name, " is closed: it ", reason, "; torch.ops.aten.", prefix, name, " reaches it");
  std::vector<std::string> names;
  for (const auto& known : operator_names())
    if (known.rfind(prefix, 0) == 0) names.push_back(known.substr(prefix.size()));
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) names.emplace_back(string_at(L, -1));
  }
  const std::string near = nearest(name, names);
  fail(shown, " has no '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
}

void push_namespace(lua_State* L, const char* prefix, const char* name) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushstring(L, prefix);
  lua_pushcclosure(L, luax::guarded<namespace_index>, 1);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
}

const Operator& upvalue_operator(lua_State* L) {
  return *static_cast<const Operator*>(lua_touserdata(L, lua_upvalueindex(1)));
}

int packet_call(lua_State* L) { return call_operator(L, upvalue_operator(L), nullptr, 2); }

// torch.ops.aten.add.Tensor
int packet_index(lua_State* L) {
  const Operator& op = upvalue_operator(L);
  const std::string name(lua_isstring(L, 2) ? string_at(L, 2) : "");
  const std::string wanted = name == "default" ? "" : name;
  for (const auto* list : {&op.plain, &op.out})
    for (const auto& overload : *list)
      if (overload.name == wanted) {
        push_overload(L, op, overload);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, -2);
        lua_rawset(L, 1);
        return 1;
      }
  std::string all;
  for (const auto* list : {&op.plain, &op.out})
    for (const auto& overload : *list) all += (all.empty() ? "" : ", ") + (overload.name.empty() ? "default" : overload.name);
  fail("torch.ops.", op.name_space, ".", op.name, " has no overload '", name, "'; it has ", all);
}

// torch.ops.aten: upvalue 1 is the dispatcher's namespace.
int ops_namespace_index(lua_State* L) {
  const std::string_view space = string_at(L, lua_upvalueindex(1));
  if (lua_type(L, 2) != LUA_TSTRING) fail("torch.ops.", space, ": expected a name, got ", luax::describe(L, 2));
  const Operator* op = find_operator(space, string_at(L, 2));
  if (!op) fail("torch.ops.", space, " has no operator '", string_at(L, 2), "'");
  lua_newtable(L);
  lua_newtable(L);
  const std::pair<const char*, lua_CFunction> fields[] = {{"__call", luax::guarded<packet_call>},
                                                          {"__index", luax::guarded<packet_index>}};
  for (const auto& [field, function] : fields) {
    lua_pushlightuserdata(L, const_cast<Operator*>(op));
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, field);
  }
  lua_pushstring(L, ("torch.ops." + op->name_space + "." + op->name).c_str());
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

int ops_index(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) fail("torch.ops: expected a namespace such as aten, got ", luax::describe(L, 2));
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, luax::guarded<ops_namespace_index>, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

int has(lua_State* L) {
  std::string name = luax::check_string(L, 1, "has", "name");
  for (char& c : name) c = c == '.' ? '_' : c;
  bool found = off_surface(name).empty() && find_operator("aten", name);
  if (!found) {
    lua_pushvalue(L, 1);
    found = lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL;
  }
  lua_pushboolean(L, found);
  return 1;
}

int is_tensor(lua_State* L) { return lua_pushboolean(L, test_tensor(L, 1) != nullptr), 1; }

int manual_seed(lua_State* L) {
  at::manual_seed(static_cast<std::uint64_t>(luax::check_integer(L, 1, "manual_seed", "seed")));
  return 0;
}

int initial_seed(lua_State* L) {
  lua_pushinteger(L, static_cast<lua_Integer>(at::globalContext().defaultGenerator(at::kCPU).current_seed()));
  return 1;
}

// torch.seed() -> a fresh seed from the system, now in use
int seed(lua_State* L) {
  auto generator = at::globalContext().defaultGenerator(at::kCPU);
  lua_pushinteger(L, static_cast<lua_Integer>(generator.seed()));
  return 1;
}

int use_deterministic_algorithms(lua_State* L) {
  luax::Options options(L, 2, "use_deterministic_algorithms");
  const bool warn_only = options.boolean("warn_only", false);
  options.finish();
  at::globalContext().setDeterministicAlgorithms(luax::check_boolean(L, 1, "use_deterministic_algorithms", "mode"), warn_only);
  return 0;
}

int are_deterministic_algorithms_enabled(lua_State* L) {
  return lua_pushboolean(L, at::globalContext().deterministicAlgorithms()), 1;
}

// torch.set_flush_denormal(on) -> whether the processor can
int set_flush_denormal(lua_State* L) {
  lua_pushboolean(L, at::globalContext().setFlushDenormal(luax::check_boolean(L, 1, "set_flush_denormal", "mode")));
  return 1;
}

// torch.get_rng_state(device = 'cpu') -> uint8 Tensor
int get_rng_state(lua_State* L) {
  const at::Device device = lua_isnoneornil(L, 1) ? at::Device(at::kCPU) : check_device(L, 1, "get_rng_state");
  push_tensor(L, at::globalContext().defaultGenerator(device).get_state());
  return 1;
}

// torch.set_rng_state(state, device = 'cpu')
int set_rng_state(lua_State* L) {
  const at::Device device = lua_isnoneornil(L, 2) ? at::Device(at::kCPU) : check_device(L, 2, "set_rng_state");
  auto generator = at::globalContext().defaultGenerator(device);
  generator.set_state(check_tensor(L, 1, "set_rng_state", "state"));
  return 0;
}

int set_num_threads(lua_State* L) {
  const auto n = luax::check_integer(L, 1, "set_num_threads", "n");
  if (n < 1 || n > 4096) fail("set_num_threads: n: expected 1 to 4096, got ", n);
  at::set_num_threads(static_cast<int>(n));
  return 0;
}

int get_num_threads(lua_State* L) { return lua_pushinteger(L, at::get_num_threads()), 1; }

int set_default_dtype(lua_State* L) {
  const auto type = check_dtype(L, 1, "set_default_dtype");
  if (!c10::isFloatingType(type)) fail("set_default_dtype: expected a float type, got '", dtype_name(type), "'");
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(type));
  return 0;
}

int get_default_dtype(lua_State* L) {
  lua_pushstring(L, dtype_name(c10::typeMetaToScalarType(c10::get_default_dtype())));
  return 1;
}

// torch.memory() -> {tensors=, lua=, resident=, peak=, limit=} (counts and bytes)
int memory_report(lua_State* L) {
  lua_createtable(L, 0, 5);
  const std::pair<const char*, std::int64_t> entries[] = {
      {"tensors", live_tensors()},
      {"lua", static_cast<std::int64_t>(lua_gc(L, LUA_GCCOUNT)) * 1024 + lua_gc(L, LUA_GCCOUNTB)},
      {"resident", resident_memory()},
      {"peak", peak_resident_memory()},
      {"limit", memory::allocation_limit()}};
  for (const auto& [name, value] : entries) {
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
  }
  return 1;
}

// torch.set_memory_limit(bytes) -> the limit before; no single CPU allocation may be larger.
int set_memory_limit(lua_State* L) {
  const auto bytes = luax::check_integer(L, 1, "set_memory_limit", "bytes");
  if (bytes <= 0) fail("set_memory_limit: bytes: expected a positive number, got ", bytes);
  lua_pushinteger(L, memory::set_allocation_limit(bytes));
  return 1;
}

int cuda_is_available(lua_State* L) { return lua_pushboolean(L, at::globalContext().hasCUDA()), 1; }

int cuda_device_count(lua_State* L) {
  lua_pushinteger(L, at::globalContext().hasCUDA() ? static_cast<lua_Integer>(at::detail::getCUDAHooks().deviceCount()) : 0);
  return 1;
}

int cuda_synchronize(lua_State* L) {
  if (!at::globalContext().hasCUDA()) fail("cuda.synchronize: no CUDA device");
  at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(luaL_optinteger(L, 1, -1)));
  return 0;
}

// Warnings of the library become one line of our log.
struct LogWarnings final : c10::WarningHandler {
  void process(const c10::Warning& warning) override { log_write(LogLevel::warn, one_line(warning.msg())); }
};

const luaL_Reg functions[] = {
    {"tensor", luax::guarded<torch_tensor>}, {"grad", luax::guarded<torch_grad>}, {"custom", luax::guarded<torch_custom>},
    {"is_tensor", is_tensor}, {"manual_seed", luax::guarded<manual_seed>}, {"initial_seed", luax::guarded<initial_seed>},
    {"get_rng_state", luax::guarded<get_rng_state>}, {"set_rng_state", luax::guarded<set_rng_state>},
    {"seed", luax::guarded<seed>}, {"use_deterministic_algorithms", luax::guarded<use_deterministic_algorithms>},
    {"are_deterministic_algorithms_enabled", luax::guarded<are_deterministic_algorithms_enabled>},
    {"set_flush_denormal", luax::guarded<set_flush_denormal>},
    {"set_num_threads", luax::guarded<set_num_threads>}, {"get_num_threads", luax::guarded<get_num_threads>},
    {"set_default_dtype", luax::guarded<set_default_dtype>}, {"get_default_dtype", luax::guarded<get_default_dtype>},
    {"memory", luax::guarded<memory_report>}, {"set_memory_limit", luax::guarded<set_memory_limit>}, {nullptr, nullptr}};

const luaL_Reg cuda_functions[] = {{"is_available", luax::guarded<cuda_is_available>},
                                   {"device_count", luax::guarded<cuda_device_count>},
                                   {"synchronize", luax::guarded<cuda_synchronize>}, {nullptr, nullptr}};

void set_constants(lua_State* L) {
  for (const auto& [name, type] : dtypes()) {
    if (name == "half" || name == "float" || name == "double" || name == "long" || name == "int" || name == "short" ||
        name == "cfloat" || name == "cdouble") {
      lua_pushstring(L, dtype_name(type));
    } else {
      lua_pushstring(L, name.c_str());
    }
    lua_setfield(L, -2, name.c_str());
  }
  for (const char* name : {"strided", "sparse_coo", "sparse_csr", "sparse_csc", "contiguous_format", "preserve_format",
                           "channels_last", "channels_last_3d"}) {
    lua_pushstring(L, name);
    lua_setfield(L, -2, name);
  }
  const std::pair<const char*, double> numbers[] = {{"pi", 3.14159265358979323846}, {"e", 2.71828182845904523536},
                                                    {"inf", std::numeric_limits<double>::infinity()},
                                                    {"nan", std::numeric_limits<double>::quiet_NaN()}};
  for (const auto& [name, value] : numbers) {
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
  }
  push_null(L);
  lua_setfield(L, -2, "null");
  lua_pushliteral(L, TORCH_VERSION);
  lua_setfield(L, -2, "version");
}

}  // namespace

int open_torch(lua_State* L) {
  static LogWarnings warnings;
  c10::WarningUtils::set_warning_handler(&warnings);
  luax::describe_exception = describe_torch_exception;
  memory::allocation_limit();  // puts the limiting allocator in place
  open_tensor(L);
  push_namespace(L, "", "torch");
  luaL_setfuncs(L, functions, 0);
  luaL_setfuncs(L, guard_functions, 0);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, luax::guarded<has>, 1);
  lua_setfield(L, -2, "has");
  open_generator(L);
  lua_setfield(L, -2, "Generator");
  set_constants(L);
  const std::pair<const char*, const char*> namespaces[] = {
      {"linalg", "linalg_"}, {"fft", "fft_"}, {"special", "special_"}, {"sparse", "sparse_"}};
  for (const auto& [name, prefix] : namespaces) {
    push_namespace(L, prefix, (std::string("torch.") + name).c_str());
    lua_setfield(L, -2, name);
  }
  lua_newtable(L);
  luaL_setfuncs(L, cuda_functions, 0);
  lua_setfield(L, -2, "cuda");
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, luax::guarded<ops_index>);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "ops");
  return 1;
}

}  // namespace brain
