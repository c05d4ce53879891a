#include "bindings/torch/autograd.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>

#include "bindings/lua/object.h"
#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/methods.h"
#include "bindings/torch/print.h"
#include "core/error.h"

namespace brain {

namespace {

using torch::autograd::variable_list;

// A tensor or a list of tensors; with `holes`, torch.null stands for none.
variable_list check_tensors(lua_State* L, int index, const char* function, const char* argument, bool holes = false) {
  index = lua_absindex(L, index);
  if (const TensorHandle* handle = test_tensor(L, index)) return {tensor_of(handle)};
  if (lua_type(L, index) != LUA_TTABLE || luax::is_options(L, index))
    luax::argument_error(function, argument, "Tensor or list of Tensors", L, index);
  variable_list list;
  const auto n = static_cast<lua_Integer>(lua_rawlen(L, index));
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(L, index, i);
    if (holes && is_null(L, -1)) list.emplace_back();
    else list.push_back(check_tensor(L, -1, function, (std::string(argument) + "[" + std::to_string(i) + "]").c_str()));
    lua_pop(L, 1);
  }
  return list;
}

// y:backward(gradient, {gradient, retain_graph, create_graph, inputs})
int backward(lua_State* L) {
  const at::Tensor self = check_tensor(L, 1, "backward");
  variable_list gradients, inputs;
  int last = 2;
  if (test_tensor(L, 2)) {
    gradients.push_back(tensor_of(test_tensor(L, 2)));
    last = 3;
  }
  luax::Options options(L, last, "backward");
  if (options.get("gradient")) gradients = {check_tensor(L, -1, "backward", "gradient")};
  std::optional<bool> retain;
  if (options.get("retain_graph")) retain = luax::check_boolean(L, -1, "backward", "retain_graph");
  const bool create = options.boolean("create_graph", false);
  if (options.get("inputs")) inputs = check_tensors(L, -1, "backward", "inputs");
  options.finish();
  with_memory(L, [&] { return torch::autograd::backward({self}, gradients, retain, create, inputs), 0; });
  return 0;
}

int register_hook(lua_State* L);

// What register_hook returns: hook:remove()
struct HookHandle {
  static constexpr luax::Tag kTag = luax::make_tag("BrGrHook");
  luax::Tag tag = kTag;
  at::Tensor tensor;
  unsigned position = 0;
};

int hook_remove(lua_State* L) {
  auto& handle = luax::self<HookHandle>(L, "remove", "hook");
  if (handle.tensor.defined()) handle.tensor.remove_hook(handle.position);
  handle.tensor.reset();
  return 0;
}

// t:register_hook(function(grad) ... end): called with the gradient during backward; a returned Tensor replaces it.
// CPU only: elsewhere backward runs on threads that must not enter Lua.
int register_hook(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1, "register_hook");
  luax::check_function(L, 2, "register_hook", "hook");
  if (!tensor.device().is_cpu())
    fail("register_hook: hooks in Lua run on CPU tensors only (backward on ", tensor.device(), " runs on other threads)");
  auto callback = std::make_shared<luax::Reference>(L, 2);
  const unsigned position = tensor.register_hook([callback](const at::Tensor& gradient) -> at::Tensor {
    lua_State* state = callback->push();
    push_tensor(state, gradient);
    luax::call(state, 1, 1);
    at::Tensor replaced;
    if (const TensorHandle* handle = test_tensor(state, -1)) replaced = tensor_of(handle);
    else if (!lua_isnil(state, -1)) {
      const std::string given = luax::describe(state, -1);
      lua_pop(state, 1);
      fail("register_hook: the hook must return a Tensor or nothing, got ", given);
    }
    lua_pop(state, 1);
    return replaced;
  });
  auto* handle = new (lua_newuserdatauv(L, sizeof(HookHandle), 0)) HookHandle;
  handle->tensor = tensor;
  handle->position = position;
  static const luaL_Reg methods[] = {{"remove", luax::guarded<hook_remove>}, {nullptr, nullptr}};
  static const luaL_Reg metamethods[] = {{"__gc", luax::destroy<HookHandle>}, {nullptr, nullptr}};
  luax::set_class<HookHandle>(L, "Hook", methods, metamethods);
  return 1;
}

int requires_grad_(lua_State* L) {
  const at::Tensor& tensor = check_tensor(L, 1, "requires_grad_");
  set_requires_grad(tensor, lua_isnoneornil(L, 2) || luax::check_boolean(L, 2, "requires_grad_", "requires_grad"));
  lua_settop(L, 1);
  return 1;
}

// The Lua side of one custom function call: its two callbacks, the context table that forward filled, and the keys
// in it whose tensors autograd keeps.
struct Callbacks {
  std::shared_ptr<luax::Reference> forward, backward, context, keys;
};

// Moves the tensors of the context to autograd: an output among them would keep itself alive through the graph, and
// one that is changed before backward is noticed.
variable_list take_tensors(lua_State* L, Callbacks& callbacks) {
  variable_list list;
  callbacks.context->push();
  const int context = lua_gettop(L), keys = context + 1;
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, context)) {
    if (const TensorHandle* handle = test_tensor(L, -1)) {
      list.push_back(tensor_of(handle));
      lua_pushvalue(L, -2);
      lua_rawseti(L, keys, static_cast<lua_Integer>(list.size()));
      lua_pushvalue(L, -2);
      lua_pushnil(L);
      lua_rawset(L, context);
    }
    lua_pop(L, 1);
  }
  callbacks.keys = std::make_shared<luax::Reference>(L, keys);
  lua_settop(L, context - 1);
  return list;
}

// Pushes what backward sees: a new table with the context's values and the tensors that autograd kept.
void push_context(lua_State* L, const Callbacks& callbacks, const variable_list& tensors) {
  lua_newtable(L);
  const int made = lua_gettop(L), source = made + 1;
  callbacks.context->push();
  lua_pushnil(L);
  while (lua_next(L, source)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, made);
  }
  lua_settop(L, made);
  callbacks.keys->push();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    lua_rawgeti(L, source, static_cast<lua_Integer>(i) + 1);
    push_tensor(L, tensors[i]);
    lua_rawset(L, made);
  }
  lua_settop(L, made);
}

// Pops `count` results as tensors; nil is none where `holes` allows it.
variable_list pop_tensors(lua_State* L, int count, const char* what, bool holes) {
  variable_list list;
  const int base = lua_gettop(L) - count;
  std::string wrong;
  for (int i = 1; i <= count; ++i) {
    if (holes && lua_isnil(L, base + i)) list.emplace_back();
    else if (const TensorHandle* handle = test_tensor(L, base + i)) list.push_back(tensor_of(handle));
    else if (wrong.empty()) wrong = luax::describe(L, base + i);
  }
  lua_settop(L, base);
  if (!wrong.empty()) fail("custom: ", what, " must return Tensors", holes ? " or nil" : "", ", got ", wrong);
  return list;
}

struct LuaFunction : public torch::autograd::Function<LuaFunction> {
  static variable_list forward(torch::autograd::AutogradContext* context, std::shared_ptr<Callbacks> callbacks,
                               at::TensorList inputs) {
    context->saved_data["callbacks"] = c10::IValue::make_capsule(c10::make_intrusive<Holder>(callbacks, inputs));
    lua_State* L = callbacks->forward->push();
    const int base = lua_gettop(L);
    callbacks->context->push();
    luaL_checkstack(L, static_cast<int>(inputs.size()) + 8, "custom");
    for (const auto& input : inputs) push_tensor(L, input);
    luax::call(L, static_cast<int>(inputs.size()) + 1, LUA_MULTRET);
    variable_list outputs = pop_tensors(L, lua_gettop(L) - base + 1, "forward", false);
    if (outputs.empty()) fail("custom: forward must return Tensors, got nothing");
    context->save_for_backward(take_tensors(L, *callbacks));
    return outputs;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list gradients) {
    auto holder = c10::static_intrusive_pointer_cast<Holder>(context->saved_data["callbacks"].toCapsule());
    const auto& callbacks = *holder->callbacks;
    const variable_list tensors = context->get_saved_variables();
    lua_State* L = callbacks.backward->push();
    const int base = lua_gettop(L);
    luaL_checkstack(L, static_cast<int>(gradients.size()) + 8, "custom");
    push_context(L, callbacks, tensors);
    for (const auto& gradient : gradients) push_tensor(L, gradient);
    luax::call(L, static_cast<int>(gradients.size()) + 1, LUA_MULTRET);
    variable_list results = pop_tensors(L, lua_gettop(L) - base + 1, "backward", true);
    const auto& shapes = holder->shapes;
    if (results.size() > shapes.size())
      fail("custom: backward must return at most ", shapes.size(), " gradients, got ", results.size());
    for (std::size_t i = 0; i < results.size(); ++i)
      if (results[i].defined() && !at::is_expandable_to(shapes[i], results[i].sizes()))
        fail("custom: backward: gradient ", i + 1, ": expected shape ", at::IntArrayRef(shapes[i]), ", got ", results[i].sizes());
    results.resize(shapes.size());
    results.insert(results.begin(), at::Tensor());  // the callbacks argument
    return results;
  }

  struct Holder : torch::CustomClassHolder {
    Holder(std::shared_ptr<Callbacks> callbacks, at::TensorList inputs) : callbacks(std::move(callbacks)) {
      for (const auto& input : inputs) shapes.push_back(input.sizes().vec());
    }
    std::shared_ptr<Callbacks> callbacks;
    std::vector<std::vector<std::int64_t>> shapes;  // of the inputs
  };
};

// upvalues: forward, backward
int call_custom(lua_State* L) {
  const int count = lua_gettop(L);
  variable_list inputs;
  for (int i = 1; i <= count; ++i) inputs.push_back(check_tensor(L, i, "custom", ("input " + std::to_string(i)).c_str()));
  lua_newtable(L);
  auto callbacks = std::make_shared<Callbacks>(Callbacks{std::make_shared<luax::Reference>(L, lua_upvalueindex(1)),
                                                         std::make_shared<luax::Reference>(L, lua_upvalueindex(2)),
                                                         std::make_shared<luax::Reference>(L, lua_gettop(L)), nullptr});
  const variable_list outputs = LuaFunction::apply(callbacks, at::TensorList(inputs));  // only a TensorList is traced
  for (const auto& output : outputs) push_tensor(L, output);
  return static_cast<int>(outputs.size());
}

}  // namespace

void set_requires_grad(const at::Tensor& tensor, bool on) {
  if (!on && !tensor.is_leaf()) fail("requires_grad: only a leaf can stop requiring gradients; use t:detach()");
  tensor.set_requires_grad(on);
}

void set_grad(const at::Tensor& tensor, at::Tensor gradient) {
  if (gradient.defined() && gradient.sizes() != tensor.sizes())
    fail("grad: expected shape ", tensor.sizes(), ", got ", gradient.sizes());
  if (gradient.defined() && (gradient.scalar_type() != tensor.scalar_type() || gradient.device() != tensor.device()))
    fail("grad: expected ", dtype_name(tensor.scalar_type()), " on ", tensor.device(), ", got ",
         dtype_name(gradient.scalar_type()), " on ", gradient.device());
  tensor.mutable_grad() = std::move(gradient);
}

int torch_grad(lua_State* L) {
  const variable_list outputs = check_tensors(L, 1, "grad", "outputs");
  const variable_list inputs = check_tensors(L, 2, "grad", "inputs");
  variable_list grad_outputs;
  luax::Options options(L, 3, "grad");
  if (options.get("grad_outputs")) grad_outputs = check_tensors(L, -1, "grad", "grad_outputs", true);
  std::optional<bool> retain;
  if (options.get("retain_graph")) retain = luax::check_boolean(L, -1, "grad", "retain_graph");
  const bool create = options.boolean("create_graph", false);
  const bool unused = options.boolean("allow_unused", false);
  options.finish();
  const variable_list gradients = with_memory(
      L, [&] { return torch::autograd::grad(outputs, inputs, grad_outputs, retain, create, unused); });
  luaL_checkstack(L, static_cast<int>(gradients.size()) + 4, "grad");
  for (const auto& gradient : gradients) push_tensor(L, gradient);
  return static_cast<int>(gradients.size());
}

int torch_custom(lua_State* L) {
  luax::Options options(L, 1, "custom");
  if (!options.get("forward")) fail("custom: missing forward: expected function(context, inputs...)");
  luax::check_function(L, -1, "custom", "forward");
  if (!options.get("backward")) fail("custom: missing backward: expected function(context, gradients...)");
  luax::check_function(L, -1, "custom", "backward");
  options.finish();
  lua_pushcclosure(L, luax::guarded<call_custom>, 2);
  return 1;
}

void push_grad_fn(lua_State* L, const at::Tensor& tensor) {
  const std::string name = gradient_function(tensor);
  if (name.empty()) lua_pushnil(L);
  else lua_pushlstring(L, name.data(), name.size());
}

const luaL_Reg autograd_methods[] = {{"backward", luax::guarded<backward>},
                                     {"register_hook", luax::guarded<register_hook>},
                                     {"requires_grad_", luax::guarded<requires_grad_>},
                                     {nullptr, nullptr}};

}  // namespace brain
