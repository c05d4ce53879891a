#pragma once
// Calling dispatcher operators from Lua: overload matching, the boxed call, results, and the messages when nothing fits.
#include "bindings/torch/schema.h"
#include "bindings/torch/tensor.h"

namespace brain {

// Pushes a Lua function that calls the operator (all of its overloads).
void push_operator(lua_State* L, const Operator& op);
// Pushes a Lua function that calls one overload only.
void push_overload(lua_State* L, const Operator& op, const Overload& overload);

// The operator behind a function made by push_operator or push_overload, or null.
const Operator* operator_of(lua_State* L, int index);

// Calls `op` with the arguments at first..top, as push_operator's functions do; returns the number of results.
int call_operator(lua_State* L, const Operator& op, const Overload* only, int first);

// One line for the user from an exception of LibTorch: no C++ frames, no multi-line essays.
std::string describe_torch_exception(const std::exception& error);

// The text with line breaks as spaces, cut at 600 characters.
std::string one_line(std::string_view text);

// Runs `attempt`; when memory runs out, collects garbage and runs it once more.
bool is_out_of_memory(const std::exception& error);
template <class F>
auto with_memory(lua_State* L, F attempt) {
  try {
    return attempt();
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;
  }
  memory::collect(L);
  return attempt();
}

}  // namespace brain
