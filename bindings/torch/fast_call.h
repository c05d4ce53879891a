#pragma once
// Calls with one or two tensors and nothing else (relu, exp, mul, matmul, add_ ...), or a tensor and integers (view,
// permute), go to the kernel's own C++ signature: no boxing, no argument stack. Everything else takes the general path of
// call.cpp.
#include <memory>

#include "bindings/lua/luax.h"
#include "bindings/torch/schema.h"

namespace brain {

struct FastCall {
  // Pushes the result; `handle` is the typed operator handle.
  int (*call)(lua_State* L, const void* handle, const at::Tensor& a, const at::Tensor& b) = nullptr;
  std::shared_ptr<const void> handle;
};

// As FastCall, for t:view(2, 3).
struct FastSizes {
  int (*call)(lua_State* L, const void* handle, const at::Tensor& a, at::IntArrayRef sizes) = nullptr;
  std::shared_ptr<const void> handle;
};

// The fast calls of an operator for one tensor, two tensors, and a tensor with integers; `call` is null where the general
// path must be taken.
struct FastCalls {
  FastCall one, two;
  FastSizes sizes;
};

std::unique_ptr<FastCalls> find_fast_calls(const Operator& op);

// Calls the operator when the arguments from 1 to the top fit one of its fast calls;
// returns the number of results, or -1.
int call_fast(lua_State* L, const FastCalls& calls);

}  // namespace brain
