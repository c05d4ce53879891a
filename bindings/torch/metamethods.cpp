// t.member, t[index], t[index] = value, pairs(t), tostring(t), and closing.
#include "bindings/torch/autograd.h"
#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/indexing.h"
#include "bindings/torch/methods.h"
#include "bindings/torch/print.h"
#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

const at::Tensor& self_of(lua_State* L) { return check_tensor(L, 1, "index"); }

// A member not seen before: an operator joins the method table, anything else is an error with the nearest name.
int new_member(lua_State* L, std::string_view name) {
  const Operator* op = off_surface(name).empty() ? find_operator("aten", name) : nullptr;
  if (op && op->method) {
    push_operator(L, *op);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(1));
    return 1;
  }
  std::vector<std::string> names = operator_names();
  for (auto& method : method_names(L)) names.push_back(std::move(method));
  const std::string near = nearest(name, names);
  const std::string reason = op || find_operator("aten", name) ? off_surface(name) : "";
  fail("Tensor has no member '", name, "'", near.empty() || near == name ? "" : ", did you mean '" + near + "'?",
       reason.empty() ? "" : " (it " + reason + "; torch.ops.aten." + std::string(name) + " reaches it)");
}

int index(lua_State* L) {
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    switch (lua_rawget(L, lua_upvalueindex(1))) {
      case LUA_TFUNCTION: return 1;
      case LUA_TNUMBER: {
        const auto property = static_cast<int>(lua_tointeger(L, -1));
        push_property(L, self_of(L), property);
        return 1;
      }
      default: break;
    }
    std::size_t size = 0;
    const char* data = lua_tolstring(L, 2, &size);
    const std::string_view name(data, size);
    if (!is_index_text(name)) return new_member(L, name);
  }
  return with_memory(L, [&] { return push_tensor(L, get_index(L, self_of(L), 2)), 1; });
}

int newindex(lua_State* L) {
  at::Tensor tensor = self_of(L);
  if (lua_type(L, 2) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* data = lua_tolstring(L, 2, &size);
    const std::string_view name(data, size);
    if (name == "grad") {
      set_grad(tensor, lua_isnil(L, 3) ? at::Tensor() : check_tensor(L, 3, "grad", "value"));
      return 0;
    }
    if (name == "requires_grad") {
      set_requires_grad(tensor, luax::check_boolean(L, 3, "requires_grad", "value"));
      return 0;
    }
    if (name == "data") {
      tensor.set_data(check_tensor(L, 3, "data", "value"));
      return 0;
    }
    if (!is_index_text(name)) fail("a Tensor's member '", name, "' cannot be set (grad, requires_grad and data can)");
  }
  with_memory(L, [&] { return set_index(L, tensor, 2, 3), 0; });
  return 0;
}

int next_row(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1, "pairs");
  const lua_Integer row = lua_isnil(L, 2) ? 0 : lua_tointeger(L, 2) + 1;
  if (row >= tensor.size(0)) return 0;
  lua_pushinteger(L, row);
  push_tensor(L, at::select(tensor, 0, row));
  return 2;
}

int pairs(lua_State* L) {
  if (check_tensor(L, 1, "pairs").dim() == 0) fail("pairs: a 0-d tensor has no rows");
  lua_pushcfunction(L, luax::guarded<next_row>);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

int tostring(lua_State* L) {
  auto* handle = test_tensor(L, 1);
  if (!handle) luax::argument_error("tostring", "self", "Tensor", L, 1);
  const std::string text = handle->released ? "tensor(<released>)" : format_tensor(handle->tensor);
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

int close(lua_State* L) {
  static const std::int32_t place = release_place("at the end of its block (<close>)");
  if (auto* handle = test_tensor(L, 1)) release_handle(handle, place);
  return 0;
}

}  // namespace

void set_tensor_metamethods(lua_State* L) {
  luaL_setfuncs(L, operator_metamethods, 0);
  push_method_table(L);
  lua_pushcclosure(L, luax::guarded<index>, 1);
  lua_setfield(L, -2, "__index");
  static const luaL_Reg others[] = {{"__newindex", luax::guarded<newindex>}, {"__pairs", luax::guarded<pairs>},
                                    {"__tostring", luax::guarded<tostring>}, {"__close", close}, {nullptr, nullptr}};
  luaL_setfuncs(L, others, 0);
}

}  // namespace brain
