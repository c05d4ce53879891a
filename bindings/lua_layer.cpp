#include "bindings/lua_layer.h"

#include "bindings/torch/convert.h"
#include "bindings/torch/tensor.h"
#include "bindings/wrap_nn.h"
#include "core/error.h"

namespace brain {

namespace {

// Pushes a deep copy of the table at index; tensors are cloned, other values shared.
void push_copy(lua_State* L, int index, int depth = 0) {
  if (depth > 32) fail("clone: fields nested deeper than 32");
  luaL_checkstack(L, 8, "clone");
  index = lua_absindex(L, index);
  lua_newtable(L);
  const int made = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    if (const TensorHandle* handle = test_tensor(L, -2)) push_tensor(L, tensor_of(handle).detach().clone());
    else if (lua_type(L, -2) == LUA_TTABLE && !lua_getmetatable(L, -2)) push_copy(L, -2, depth + 1);
    else {
      lua_settop(L, made + 3);
      lua_pushvalue(L, -2);
    }
    lua_rawset(L, made);
  }
}

std::shared_ptr<luax::Reference> new_table() {
  lua_State* L = luax::main_state();
  lua_newtable(L);
  auto reference = std::make_shared<luax::Reference>(L, -1);
  lua_pop(L, 1);
  return reference;
}

}  // namespace

LuaLayer::LuaLayer(std::string name, std::shared_ptr<luax::Reference> methods)
    : name_(std::move(name)), methods_(std::move(methods)), fields_(new_table()) {}

LuaLayer::LuaLayer(const LuaLayer& other) : nn::Copyable<LuaLayer>(other), name_(other.name_), methods_(other.methods_) {
  lua_State* L = other.fields_->push();
  push_copy(L, -1);
  fields_ = std::make_shared<luax::Reference>(L, -1);
  lua_pop(L, 2);
}

void LuaLayer::push_field(lua_State* L, const std::string& name) const {
  for (const auto& table : {fields_, methods_}) {
    table->push();
    lua_State* main = luax::main_state();
    if (L != main) lua_xmove(main, L, 1);
    const bool found = lua_getfield(L, -1, name.c_str()) != LUA_TNIL;
    lua_remove(L, -2);
    if (found) return;
    lua_pop(L, 1);
  }
  lua_pushnil(L);
}

void LuaLayer::set_field(lua_State* L, const std::string& name, int index) {
  for (const auto& child : children())
    if (child.name == name) return replace(name, check_layer(L, index, name_.c_str(), name.c_str()));
  for (std::size_t i = 0; i < parameters().size(); ++i)
    if (parameters()[i].name == name) fail(name_, ": parameter '", name, "' is set already; change it in place");
  if (is_layer(L, index)) {
    const nn::LayerPtr layer = check_layer(L, index, name_.c_str(), name.c_str());
    for (const auto& [unused, inside] : layer->named_layers())
      if (inside.get() == this) fail(name_, ": '", name, "': a module cannot hold itself");
    add_child(name, layer);
    return;
  }
  if (const TensorHandle* handle = test_tensor(L, index); handle && tensor_of(handle).requires_grad() && tensor_of(handle).is_leaf()) {
    add_parameter(name, tensor_of(handle));
    return;
  }
  index = lua_absindex(L, index);
  fields_->push();
  lua_State* main = luax::main_state();
  if (L != main) lua_xmove(main, L, 1);
  lua_pushvalue(L, index);
  lua_setfield(L, -2, name.c_str());
  lua_pop(L, 1);
}

nn::Value LuaLayer::forward_values(const nn::Values& inputs, std::string_view entry) {
  lua_State* L = methods_->push();
  const int base = lua_gettop(L);
  if (lua_getfield(L, -1, std::string(entry).c_str()) != LUA_TFUNCTION) {
    lua_settop(L, base - 1);
    fail(name_, ": has no ", entry, ": define function ", name_, ":", entry, "(x) ... end");
  }
  luaL_checkstack(L, static_cast<int>(inputs.size()) + 8, "forward");
  push_layer(L, shared_from_this());
  for (const auto& input : inputs) push_value(L, nn::Value(input), Kind::Unsupported);
  luax::call(L, static_cast<int>(inputs.size()) + 1, LUA_MULTRET);
  std::vector<c10::IValue> outputs;
  std::string wrong;
  for (int i = base + 1; i <= lua_gettop(L); ++i) {
    if (const TensorHandle* handle = test_tensor(L, i)) outputs.emplace_back(tensor_of(handle));
    else wrong = luax::describe(L, i);
  }
  lua_settop(L, base - 1);
  if (!wrong.empty() || outputs.empty())
    fail(name_, ": ", entry, " must return Tensors, got ", wrong.empty() ? "nothing" : wrong);
  if (outputs.size() == 1) return outputs[0];
  return c10::ivalue::Tuple::create(std::move(outputs));
}

namespace {

// class(...): a new module, set up by init(self, ...). Upvalues: name, init.
int construct(lua_State* L) {
  auto layer = std::make_shared<LuaLayer>(lua_tostring(L, lua_upvalueindex(1)), std::make_shared<luax::Reference>(L, 1));
  lua_remove(L, 1);
  push_layer(L, layer);
  lua_insert(L, 1);
  if (!lua_isnil(L, lua_upvalueindex(2))) {
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 2);
    lua_pushvalue(L, 1);
    lua_insert(L, 3);
    lua_call(L, lua_gettop(L) - 2, 0);
  }
  lua_settop(L, 1);
  return 1;
}

}  // namespace

int nn_class(lua_State* L) {
  luax::check_string(L, 1, "class", "name");
  if (!lua_isnoneornil(L, 2)) luax::check_function(L, 2, "class", "init");
  lua_settop(L, 2);
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, luax::guarded<construct>, 2);
  lua_setfield(L, -2, "__call");
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
  return 1;
}

}  // namespace brain
