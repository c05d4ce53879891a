#pragma once
// Text of a tensor, character for character as Python's repr(tensor) with PyTorch's default print options.
#include <string>

#include <ATen/core/Tensor.h>

namespace brain {

// The whole text, `tensor([...], dtype=...)`. Above 1000 elements only the three items at each end of every
// dimension are read (and copied from the device). Precision 4, line width 80. Never changes the tensor.
std::string format_tensor(const at::Tensor& tensor);

// Name of the function that made the tensor, as grad_fn shows it; "" for a leaf.
std::string gradient_function(const at::Tensor& tensor);

// One short line for lists and errors: `[2 x 3] float32 cpu`.
std::string summarize_tensor(const at::Tensor& tensor);

}  // namespace brain
