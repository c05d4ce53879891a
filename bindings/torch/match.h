#pragma once
// Matching Lua arguments against an operator's overloads. Matching never throws for a value that does not fit and
// never formats one: messages are made only after everything failed.
#include <ATen/core/stack.h>

#include "bindings/torch/schema.h"
#include "bindings/torch/tensor.h"

namespace brain {

// The arguments of one call: positional ones on the Lua stack, named ones from a trailing options table, whose values
// lie on the stack above.
struct Arguments {
  Arguments(lua_State* L, const Operator& op, int first);

  struct Named {  // trivial, so that the array costs nothing when it is not used
    const char* text;
    std::size_t size;
    int index;
    std::string_view name() const { return {text, size}; }
  };
  static constexpr int kMaxNamed = 32;

  int first;
  int count;  // positional arguments
  int named_count = 0;
  Named named[kMaxNamed];
  int out = 0;  // stack index of the out option, or 0
  bool requires_grad = false;
  bool has_requires_grad = false;

  // Stack index of a named argument, or 0. `input` means self and `stop` means end.
  int find(const std::string& name) const;
  // Stack index of the value that argument `position` of the overload was given, or 0; may push a list element.
  int source_of(lua_State* L, const Overload& overload, int position) const;
};

// The first overload that takes the arguments, with `stack` filled; null when none does.
const Overload* find_match(lua_State* L, const Operator& op, const Overload* only, const Arguments& given,
                           torch::jit::Stack& stack);

// One line that says why nothing fitted.
std::string explain_mismatch(lua_State* L, const Operator& op, const Overload* only, const Arguments& given);

}  // namespace brain
