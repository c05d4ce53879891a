// brain.native: what stdlib/ needs to know about operators and tensors.
#include <algorithm>
#include <filesystem>

#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/methods.h"
#include "bindings/torch/module.h"
#include "bindings/children.h"
#include "bindings/process.h"
#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

void push_strings(lua_State* L, const std::vector<std::string>& strings) {
  lua_createtable(L, static_cast<int>(strings.size()), 0);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    lua_pushlstring(L, strings[i].data(), strings[i].size());
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
}

void set_string(lua_State* L, const char* field, const std::string& text) {
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, field);
}

void set_boolean(lua_State* L, const char* field, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, field);
}

int operator_names_(lua_State* L) { return push_strings(L, operator_names()), 1; }

int tensor_names(lua_State* L) {
  std::vector<std::string> names = method_names(L);
  for (const auto& name : operator_names()) {
    const Operator* op = find_operator("aten", name);
    bool elsewhere = false;  // torch.linalg and its kin hold functions only
    for (const char* prefix : {"linalg_", "fft_", "special_"}) elsewhere = elsewhere || name.rfind(prefix, 0) == 0;
    if (op && op->method && !elsewhere) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  push_strings(L, names);
  return 1;
}

const char* kind_name(Kind kind) {
  static constexpr const char* names[] = {"Tensor", "Scalar", "int", "float", "boolean", "string", "dtype", "layout",
                                          "memory_format", "device", "Generator", "Tensor[]", "Tensor?[]", "Scalar[]",
                                          "int[]", "float[]", "boolean[]", "unsupported"};
  return names[static_cast<int>(kind)];
}

void push_schema(lua_State* L, const Operator& op, const Overload& overload) {
  lua_newtable(L);
  set_string(L, "overload", overload.name);
  set_string(L, "text", signature(op, overload));
  set_boolean(L, "supported", overload.supported && !overload_denied(op.name, overload.name));
  set_boolean(L, "out", overload.outs > 0);
  set_boolean(L, "factory", overload.factory);
  lua_newtable(L);
  for (std::size_t i = 0; i < overload.arguments.size(); ++i) {
    const Argument& argument = overload.arguments[i];
    lua_newtable(L);
    set_string(L, "name", argument.name);
    set_string(L, "type", argument.type);
    set_string(L, "kind", kind_name(argument.kind));
    if (const std::string text = default_text(argument); !text.empty()) set_string(L, "default", text);
    set_boolean(L, "keyword_only", argument.keyword_only);
    set_boolean(L, "optional", argument.optional);
    set_boolean(L, "out", argument.out);
    set_boolean(L, "required", !argument.has_default && !argument.optional);
    lua_pushinteger(L, argument.broadcast);
    lua_setfield(L, -2, "broadcast");
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  lua_setfield(L, -2, "arguments");
  lua_newtable(L);
  for (std::size_t i = 0; i < overload.returns.size(); ++i) {
    lua_newtable(L);
    set_string(L, "name", overload.returns[i].name);
    set_string(L, "type", overload.returns[i].type);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  lua_setfield(L, -2, "returns");
}

// schemas(name, namespace = 'aten') -> list, functional overloads first; nil for an unknown name
int schemas(lua_State* L) {
  const Operator* op = find_operator(luaL_optstring(L, 2, "aten"), luax::check_string(L, 1, "schemas", "name"));
  if (!op) return 0;
  lua_newtable(L);
  lua_Integer n = 0;
  for (const auto* list : {&op->plain, &op->out})
    for (const auto& overload : *list) {
      push_schema(L, *op, overload);
      lua_rawseti(L, -2, ++n);
    }
  return 1;
}

// Every qualified operator name of the dispatcher: "aten::add", "prims::..."
int all_operators(lua_State* L) {
  std::vector<std::string> names;
  for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) names.push_back(name.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  push_strings(L, names);
  return 1;
}

int off_surface_(lua_State* L) {
  const std::string reason = off_surface(luax::check_string(L, 1, "off_surface", "name"));
  if (reason.empty()) return 0;
  lua_pushlstring(L, reason.data(), reason.size());
  return 1;
}

int operator_name(lua_State* L) {
  const Operator* op = operator_of(L, 1);
  if (!op) return 0;
  lua_pushlstring(L, op->name.data(), op->name.size());
  return 1;
}

int is_tensor(lua_State* L) { return lua_pushboolean(L, test_tensor(L, 1) != nullptr), 1; }
int live_tensors_(lua_State* L) { return lua_pushinteger(L, live_tensors()), 1; }

int method_names_(lua_State* L) { return push_strings(L, method_names(L)), 1; }

int is_operator_method(lua_State* L) {
  push_method_table(L);
  lua_pushvalue(L, 1);
  lua_rawget(L, -2);
  lua_pushboolean(L, operator_of(L, -1) != nullptr);
  return 1;
}

// set_method(name, fn): a method of tensors written in Lua, in place of the operator of that name.
int set_method(lua_State* L) {
  luax::check_string(L, 1, "set_method", "name");
  luax::check_function(L, 2, "set_method", "method");
  push_method_table(L);
  lua_insert(L, 1);
  lua_settop(L, 3);
  lua_rawset(L, 1);
  return 0;
}

int nearest_(lua_State* L) {
  const std::string word = luax::check_string(L, 1, "nearest", "word");
  std::vector<std::string> names;
  luaL_checktype(L, 2, LUA_TTABLE);
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, 2));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, 2, i);
    if (lua_type(L, -1) == LUA_TSTRING) names.emplace_back(lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  const std::string near = nearest(word, names);
  if (near.empty()) return 0;
  lua_pushlstring(L, near.data(), near.size());
  return 1;
}

int list_directory(lua_State* L) {
  const std::string path = luax::check_string(L, 1, "list_directory", "path");
  std::vector<std::string> names;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(path, error); !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    names.push_back(entry->path().filename().string() + (entry->is_directory(ignored) ? "/" : ""));
  }
  if (error) return 0;
  std::sort(names.begin(), names.end());
  push_strings(L, names);
  return 1;
}

// ipairs that refuses tensors, which count from 0.
int ipairs_checked(lua_State* L) {
  if (test_tensor(L, 1)) fail("ipairs: a Tensor counts from 0; use pairs(t) for index and row");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

const luaL_Reg functions[] = {
    {"operator_names", luax::guarded<operator_names_>}, {"tensor_names", luax::guarded<tensor_names>},
    {"schemas", luax::guarded<schemas>}, {"all_operators", luax::guarded<all_operators>},
    {"off_surface", luax::guarded<off_surface_>}, {"operator_name", luax::guarded<operator_name>},
    {"is_tensor", is_tensor}, {"live_tensors", live_tensors_}, {"nearest", luax::guarded<nearest_>},
    {"method_names", luax::guarded<method_names_>}, {"is_operator_method", luax::guarded<is_operator_method>},
    {"set_method", luax::guarded<set_method>},
    {"list_directory", luax::guarded<list_directory>}, {nullptr, nullptr}};

}  // namespace

int open_native(lua_State* L) {
  lua_getglobal(L, "ipairs");
  lua_pushcclosure(L, luax::guarded<ipairs_checked>, 1);
  lua_setglobal(L, "ipairs");
  luaL_newlib(L, functions);
  set_process_functions(L);
  set_child_functions(L);
  return 1;
}

}  // namespace brain
