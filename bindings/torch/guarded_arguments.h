#pragma once
// Limits on the arguments of the few operators that run without end, or write where they should not, on
// values that no calculation needs. Everything else is checked by the operators themselves.
#include <ATen/core/stack.h>

#include "bindings/torch/schema.h"

namespace brain {

// The guarded arguments of an operator, looked up once when it is built; null for most.
std::shared_ptr<const Guards> find_guards(std::string_view name);

// Throws when an argument is outside the limits of op.guards: "combinations: r: expected ..., got ...".
void check_guarded_arguments(const Operator& op, const Overload& overload, const torch::jit::Stack& stack);

// Throws when two tensors of out= are one: resizing the second would take the memory of the first.
void check_outs(const Operator& op, const Overload& overload, const torch::jit::Stack& stack);

// After an operator failed: a tensor that was resized but got no memory for its new size becomes empty, so
// that it cannot be read or written beyond its storage.
void restore_size(const at::Tensor& tensor);

}  // namespace brain
