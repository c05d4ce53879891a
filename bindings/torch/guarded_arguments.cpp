#include "bindings/torch/guarded_arguments.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"

namespace brain {

namespace {

// Numbers, elements of lists and elements of tensors must lie in least..largest.
struct Guard {
  std::string_view op, argument;
  double least, largest;
};

constexpr double kKernel = 1 << 20;    // positions a pooling window may span
constexpr double kDegree = 1 << 16;    // degrees of polynomials, which are computed term by term

constexpr Guard kGuards[] = {
    {"combinations", "r", 0, 64},
    {"mkldnn_max_pool2d", "kernel_size", 0, kKernel},
    {"mkldnn_max_pool3d", "kernel_size", 0, kKernel},
};

// The special_*_polynomial_* family is guarded by its pattern: degree n.
bool is_polynomial(std::string_view name) {
  return name.rfind("special_", 0) == 0 && name.find("_polynomial_") != std::string_view::npos;
}

void check_number(const Operator& op, const std::string& argument, double value, double least, double largest) {
  if (value >= least && value <= largest) return;
  if (std::isnan(value)) return;
  fail(op.name, ": ", argument, ": expected ", least, " to ", largest, ", got ", value);
}

void check_value(const Operator& op, const std::string& argument, const c10::IValue& value, double least, double largest) {
  if (value.isInt()) return check_number(op, argument, static_cast<double>(value.toInt()), least, largest);
  if (value.isDouble()) return check_number(op, argument, value.toDouble(), least, largest);
  if (value.isIntList()) {
    for (const std::int64_t element : value.toIntVector())
      check_number(op, argument, static_cast<double>(element), least, largest);
    return;
  }
  if (!value.isTensor()) return;
  const at::Tensor& tensor = value.toTensor();
  if (!tensor.defined() || tensor.numel() == 0 || tensor.is_meta() || tensor.is_complex()) return;
  const at::NoGradGuard guard;
  check_number(op, argument, tensor.min().item().toDouble(), least, largest);
  check_number(op, argument, tensor.max().item().toDouble(), least, largest);
}

}  // namespace

bool has_guarded_arguments(std::string_view name) {
  if (is_polynomial(name)) return true;
  for (const Guard& guard : kGuards)
    if (guard.op == name) return true;
  return false;
}

void check_guarded_arguments(const Operator& op, const Overload& overload, const torch::jit::Stack& stack) {
  const bool polynomial = is_polynomial(op.name);
  for (std::size_t i = 0; i < overload.arguments.size(); ++i) {
    const std::string& name = overload.arguments[i].name;
    if (polynomial && name == "n") check_value(op, name, stack[i], -kDegree, kDegree);
    for (const Guard& guard : kGuards)
      if (guard.op == op.name && guard.argument == name) check_value(op, name, stack[i], guard.least, guard.largest);
  }
}

void restore_size(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.has_storage() || tensor.numel() == 0) return;
  if (tensor.is_meta() || tensor.is_nested()) return;
  auto* impl = tensor.unsafeGetTensorImpl();
  const std::size_t needed = at::detail::computeStorageNbytes(tensor.sizes(), tensor.strides(), tensor.itemsize(),
                                                              static_cast<std::size_t>(tensor.storage_offset()));
  if (needed <= tensor.storage().nbytes()) return;
  impl->set_storage_offset(0);
  impl->set_sizes_contiguous({0});
}

}  // namespace brain
