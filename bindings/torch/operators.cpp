// Arithmetic, comparison and length of tensors in Lua expressions. Numbers are wrapped as PyTorch wraps Python numbers,
// so that they do not widen the result's dtype.
#include "bindings/torch/call.h"
#include "bindings/torch/convert.h"
#include "bindings/torch/methods.h"
#include "core/error.h"

namespace brain {

namespace {

const at::Tensor* tensor_at(lua_State* L, int index) {
  const TensorHandle* handle = test_tensor(L, index);
  return handle ? &tensor_of(handle) : nullptr;
}

// The number or boolean at index as a tensor.
at::Tensor number_at(lua_State* L, int index, const char* name) {
  at::Scalar scalar;
  if (!to_scalar(L, index, scalar)) fail(name, ": expected Tensor or number, got ", luax::describe(L, index));
  return wrapped_number(scalar);
}

// function(a, b) of the operands, one of which at least is a Tensor.
template <class F>
auto with_operands(lua_State* L, const char* name, F function) {
  const at::Tensor* a = tensor_at(L, 1);
  const at::Tensor* b = tensor_at(L, 2);
  if (a) return b ? function(*a, *b) : function(*a, number_at(L, 2, name));
  const at::Tensor number = number_at(L, 1, name);
  return b ? function(number, *b) : function(number, number_at(L, 2, name));
}

template <class F>
int binary(lua_State* L, const char* name, F function) {
  return with_memory(L, [&] { return push_tensor(L, with_operands(L, name, function)), 1; });
}

int add(lua_State* L) { return binary(L, "+", [](const auto& a, const auto& b) { return at::add(a, b); }); }
int sub(lua_State* L) { return binary(L, "-", [](const auto& a, const auto& b) { return at::sub(a, b); }); }
int mul(lua_State* L) { return binary(L, "*", [](const auto& a, const auto& b) { return at::mul(a, b); }); }
int idiv(lua_State* L) { return binary(L, "//", [](const auto& a, const auto& b) { return at::floor_divide(a, b); }); }
int mod(lua_State* L) { return binary(L, "%", [](const auto& a, const auto& b) { return at::remainder(a, b); }); }
int band(lua_State* L) { return binary(L, "&", [](const auto& a, const auto& b) { return at::bitwise_and(a, b); }); }
int bor(lua_State* L) { return binary(L, "|", [](const auto& a, const auto& b) { return at::bitwise_or(a, b); }); }
int bxor(lua_State* L) { return binary(L, "~", [](const auto& a, const auto& b) { return at::bitwise_xor(a, b); }); }
int shl(lua_State* L) { return binary(L, "<<", [](const auto& a, const auto& b) { return at::bitwise_left_shift(a, b); }); }
int shr(lua_State* L) { return binary(L, ">>", [](const auto& a, const auto& b) { return at::bitwise_right_shift(a, b); }); }

// number / tensor is reciprocal times number, as in PyTorch.
int div(lua_State* L) {
  return binary(L, "/", [](const auto& a, const auto& b) {
    return a.unsafeGetTensorImpl()->is_wrapped_number() ? at::mul(at::reciprocal(b), a) : at::div(a, b);
  });
}

int pow(lua_State* L) {
  at::Scalar number;
  const at::Tensor* a = tensor_at(L, 1);
  const at::Tensor* b = tensor_at(L, 2);
  return with_memory(L, [&] {
    if (a && b) push_tensor(L, at::pow(*a, *b));
    else if (a && to_scalar(L, 2, number)) push_tensor(L, at::pow(*a, number));
    else if (b && to_scalar(L, 1, number)) push_tensor(L, at::pow(number, *b));
    else fail("^: expected Tensor or number, got ", luax::describe(L, a ? 2 : 1));
    return 1;
  });
}

int unm(lua_State* L) { return with_memory(L, [&] { return push_tensor(L, at::neg(*tensor_at(L, 1))), 1; }); }

int bnot(lua_State* L) {
  return with_memory(L, [&] { return push_tensor(L, at::bitwise_not(*tensor_at(L, 1))), 1; });
}

int eq(lua_State* L) {
  const TensorHandle* a = test_tensor(L, 1);
  const TensorHandle* b = test_tensor(L, 2);
  lua_pushboolean(L, a && b && !a->released && !b->released && a->tensor.is_same(b->tensor));
  return 1;
}

// Lua's < and <= give one boolean, so they serve one-element tensors only.
template <class F>
int compare(lua_State* L, const char* name, const char* method, F function) {
  const bool holds = with_operands(L, name, [&](const auto& a, const auto& b) {
    for (const at::Tensor* tensor : {&a, &b})
      if (tensor->numel() != 1)
        fail(name, ": compares one-element tensors only, got ", tensor->sizes(), "; use a:", method, "(b) for each element");
    return function(a, b).template item<bool>();
  });
  lua_pushboolean(L, holds);
  return 1;
}

int lt(lua_State* L) { return compare(L, "<", "lt", [](const auto& a, const auto& b) { return at::lt(a, b); }); }
int le(lua_State* L) { return compare(L, "<=", "le", [](const auto& a, const auto& b) { return at::le(a, b); }); }

int len(lua_State* L) {
  const at::Tensor& tensor = *tensor_at(L, 1);
  if (tensor.dim() == 0) fail("#: a 0-d tensor has no length");
  lua_pushinteger(L, tensor.size(0));
  return 1;
}

}  // namespace

const luaL_Reg operator_metamethods[] = {
    {"__add", luax::guarded<add>},   {"__sub", luax::guarded<sub>},   {"__mul", luax::guarded<mul>},
    {"__div", luax::guarded<div>},   {"__mod", luax::guarded<mod>},   {"__pow", luax::guarded<pow>},
    {"__idiv", luax::guarded<idiv>}, {"__unm", luax::guarded<unm>},   {"__band", luax::guarded<band>},
    {"__bor", luax::guarded<bor>},   {"__bxor", luax::guarded<bxor>}, {"__bnot", luax::guarded<bnot>},
    {"__shl", luax::guarded<shl>},   {"__shr", luax::guarded<shr>},   {"__eq", luax::guarded<eq>},
    {"__lt", luax::guarded<lt>},     {"__le", luax::guarded<le>},     {"__len", luax::guarded<len>},
    {nullptr, nullptr}};

}  // namespace brain
