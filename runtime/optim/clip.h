#pragma once
// Gradient clipping, as torch.nn.utils.
#include <ATen/ATen.h>

namespace brain {

// Scales the gradients in place so that their joint norm is at most `max_norm`; returns the norm before
// (0-d). Parameters without gradient are skipped. With `error_if_nonfinite` an infinite or NaN norm is an
// error. As PyTorch, the factor is max_norm / (norm + 1e-6).
at::Tensor clip_grad_norm_(const std::vector<at::Tensor>& parameters, double max_norm, double norm_type = 2,
                           bool error_if_nonfinite = false);

// Clamps every gradient element to [-value, value] in place.
void clip_grad_value_(const std::vector<at::Tensor>& parameters, double value);

}  // namespace brain
