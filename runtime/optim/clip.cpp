#include "optim/clip.h"

#include <c10/core/GradMode.h>

#include <map>
#include <utility>

#include "core/error.h"

namespace brain {

namespace {

// The gradients, those of one device and dtype together.
std::vector<std::vector<at::Tensor>> gradients_of(const std::vector<at::Tensor>& parameters) {
  std::map<std::pair<std::string, at::ScalarType>, std::vector<at::Tensor>> batches;
  for (const auto& parameter : parameters) {
    const at::Tensor& gradient = parameter.grad();
    if (gradient.defined()) batches[{gradient.device().str(), gradient.scalar_type()}].push_back(gradient);
  }
  std::vector<std::vector<at::Tensor>> lists;
  for (auto& [key, list] : batches) lists.push_back(std::move(list));
  return lists;
}

}  // namespace

at::Tensor clip_grad_norm_(const std::vector<at::Tensor>& parameters, double max_norm, double norm_type,
                           bool error_if_nonfinite) {
  const c10::NoGradGuard guard;
  auto batches = gradients_of(parameters);
  if (batches.empty()) return at::zeros({});
  const at::Device device = batches[0][0].device();
  std::vector<at::Tensor> norms;
  for (const auto& batch : batches) {
    for (const auto& norm : at::_foreach_norm(batch, norm_type)) norms.push_back(norm.to(device));
  }
  const at::Tensor total = at::linalg_vector_norm(at::stack(norms), norm_type);
  if (error_if_nonfinite && !at::isfinite(total).item<bool>())
    fail("clip_grad_norm_: expected a finite norm, got ", total.item<double>());
  const at::Tensor factor = at::clamp_max(max_norm / (total + 1e-6), 1.0);
  for (auto& batch : batches) at::_foreach_mul_(batch, factor.to(batch[0].device()));
  return total;
}

void clip_grad_value_(const std::vector<at::Tensor>& parameters, double value) {
  const c10::NoGradGuard guard;
  for (auto& batch : gradients_of(parameters)) {
    at::_foreach_clamp_min_(batch, -value);
    at::_foreach_clamp_max_(batch, value);
  }
}

}  // namespace brain
