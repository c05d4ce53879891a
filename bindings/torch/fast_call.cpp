#include "bindings/torch/fast_call.h"

#include "bindings/torch/call.h"
#include "bindings/torch/tensor.h"

namespace brain {

namespace {

using at::Scalar;
using at::Tensor;

// Where an operator has alpha, it is always 1 here.
const Scalar& one() {
  static const Scalar value(1);
  return value;
}

template <class F>
const auto& typed(const void* handle) {
  return *static_cast<const c10::TypedOperatorHandle<F>*>(handle);
}

using Unary = Tensor(const Tensor&);
using Binary = Tensor(const Tensor&, const Tensor&);
using BinaryAlpha = Tensor(const Tensor&, const Tensor&, const Scalar&);
using UnaryInPlace = Tensor&(Tensor&);
using BinaryInPlace = Tensor&(Tensor&, const Tensor&);
using BinaryAlphaInPlace = Tensor&(Tensor&, const Tensor&, const Scalar&);

int unary(lua_State* L, const void* h, const Tensor& a, const Tensor&) {
  return push_tensor(L, typed<Unary>(h).call(a)), 1;
}
int binary(lua_State* L, const void* h, const Tensor& a, const Tensor& b) {
  return push_tensor(L, typed<Binary>(h).call(a, b)), 1;
}
int binary_alpha(lua_State* L, const void* h, const Tensor& a, const Tensor& b) {
  return push_tensor(L, typed<BinaryAlpha>(h).call(a, b, one())), 1;
}
int unary_in_place(lua_State* L, const void* h, const Tensor& a, const Tensor&) {
  typed<UnaryInPlace>(h).call(const_cast<Tensor&>(a));
  return 1;
}
int binary_in_place(lua_State* L, const void* h, const Tensor& a, const Tensor& b) {
  typed<BinaryInPlace>(h).call(const_cast<Tensor&>(a), b);
  return lua_settop(L, 1), 1;
}
int binary_alpha_in_place(lua_State* L, const void* h, const Tensor& a, const Tensor& b) {
  typed<BinaryAlphaInPlace>(h).call(const_cast<Tensor&>(a), b, one());
  return lua_settop(L, 1), 1;
}

using Sizes = Tensor(const Tensor&, at::IntArrayRef);
using SymbolicSizes = Tensor(const Tensor&, c10::SymIntArrayRef);

int sizes(lua_State* L, const void* h, const Tensor& a, at::IntArrayRef list) {
  return push_tensor(L, typed<Sizes>(h).call(a, list)), 1;
}
int symbolic_sizes(lua_State* L, const void* h, const Tensor& a, at::IntArrayRef list) {
  return push_tensor(L, typed<SymbolicSizes>(h).call(a, c10::fromIntArrayRefSlow(list))), 1;
}

// Takes the signature F when the kernel is registered with it; the check of c10 throws when it is not.
template <class F, class Fast>
bool take(Fast& fast, const Overload& overload, decltype(Fast::call) call) {
  try {
    fast.handle = std::make_shared<c10::TypedOperatorHandle<F>>(overload.handle.typed<F>());
  } catch (const c10::Error&) {
    return false;
  }
  fast.call = call;
  return true;
}

bool is_alpha(const Argument& argument) {
  return argument.kind == Kind::Scalar && argument.name == "alpha" && argument.has_default && argument.otherwise.isInt() &&
         argument.otherwise.toInt() == 1;
}

// Whether an overload in front could take `count` tensors too: then the general path decides.
bool takes_tensors(const Overload& overload, int count) {
  if (overload.varargs && overload.arguments[overload.positional - 1].kind == Kind::TensorList) return true;
  if (overload.positional < count) return false;
  for (int i = 0; i < static_cast<int>(overload.arguments.size()); ++i) {
    const Argument& argument = overload.arguments[i];
    if (i < count ? argument.kind != Kind::Tensor : !argument.has_default && !argument.optional) return false;
  }
  return true;
}

void find(FastCall& fast, const Operator& op, int count) {
  for (const Overload& overload : op.plain) {
    if (!takes_tensors(overload, count)) continue;
    const auto& arguments = overload.arguments;
    const int total = static_cast<int>(arguments.size());
    const bool alpha = total == count + 1 && count == 2 && is_alpha(arguments[2]);
    if ((total != count && !alpha) || overload.returns.size() != 1 || overload.returns[0].kind != Kind::Tensor) return;
    for (int i = 0; i < count; ++i)
      if (arguments[i].kind != Kind::Tensor || arguments[i].optional) return;
    const bool in_place = overload.returns[0].alias == 0;
    if (count == 1) in_place ? take<UnaryInPlace>(fast, overload, unary_in_place) : take<Unary>(fast, overload, unary);
    else if (alpha) in_place ? take<BinaryAlphaInPlace>(fast, overload, binary_alpha_in_place) : take<BinaryAlpha>(fast, overload, binary_alpha);
    else in_place ? take<BinaryInPlace>(fast, overload, binary_in_place) : take<Binary>(fast, overload, binary);
    return;
  }
}

// The only overload that begins with a tensor and a list of integers, and has nothing else.
void find_sizes(FastSizes& fast, const Operator& op) {
  if (op.plain.empty()) return;
  const Overload& overload = op.plain[0];
  const auto& arguments = overload.arguments;
  if (!overload.varargs || arguments.size() != 2 || arguments[0].kind != Kind::Tensor || arguments[1].kind != Kind::IntList ||
      overload.returns.size() != 1 || overload.returns[0].kind != Kind::Tensor || overload.returns[0].alias >= 0)
    return;
  if (!take<SymbolicSizes>(fast, overload, symbolic_sizes)) take<Sizes>(fast, overload, sizes);
}

}  // namespace

std::unique_ptr<FastCalls> find_fast_calls(const Operator& op) {
  auto calls = std::make_unique<FastCalls>();
  find(calls->one, op, 1);
  find(calls->two, op, 2);
  find_sizes(calls->sizes, op);
  if (!calls->one.call && !calls->two.call && !calls->sizes.call) return nullptr;
  return calls;
}

int call_fast(lua_State* L, const FastCalls& calls) {
  const int count = lua_gettop(L);
  const TensorHandle* a = test_tensor(L, 1);
  if (!a || a->released) return -1;
  if (calls.sizes.call && count >= 2 && count <= 9 && lua_isinteger(L, 2)) {
    std::int64_t list[8];
    for (int i = 2; i <= count; ++i) {
      if (!lua_isinteger(L, i)) return -1;
      list[i - 2] = lua_tointeger(L, i);
    }
    return with_memory(L, [&] {
      return calls.sizes.call(L, calls.sizes.handle.get(), a->tensor, {list, static_cast<std::size_t>(count) - 1});
    });
  }
  const FastCall* fast = count == 1 ? &calls.one : count == 2 ? &calls.two : nullptr;
  if (!fast || !fast->call) return -1;
  const TensorHandle* b = count == 2 ? test_tensor(L, 2) : a;
  if (!b || b->released) return -1;
  return with_memory(L, [&] { return fast->call(L, fast->handle.get(), a->tensor, b->tensor); });
}

}  // namespace brain
