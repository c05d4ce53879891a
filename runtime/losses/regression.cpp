#include "losses/regression.h"

#include "core/error.h"
#include "losses/unit.h"

namespace brain {

namespace {

void check_shapes(const char* loss, const at::Tensor& prediction, const at::Tensor& target) {
  if (prediction.sizes() != target.sizes())
    fail(loss, ": expected a target of shape ", prediction.sizes(), ", got ", target.sizes());
}

}  // namespace

at::Tensor mse(const at::Tensor& prediction, const at::Tensor& target, at::Reduction::Reduction reduction) {
  check_shapes("mse", prediction, target);
  return at::mse_loss(prediction, target, reduction);
}

at::Tensor smooth_l1(const at::Tensor& prediction, const at::Tensor& target, double beta,
                     at::Reduction::Reduction reduction) {
  check_shapes("smooth_l1", prediction, target);
  return at::smooth_l1_loss(prediction, target, reduction, beta);
}

at::Tensor correlation_along(const at::Tensor& a, const at::Tensor& b, std::int64_t dim) {
  return (centred_unit(a, dim) * centred_unit(b, dim)).sum(dim);
}

at::Tensor pearson(const at::Tensor& prediction, const at::Tensor& target, std::int64_t dim) {
  check_shapes("pearson", prediction, target);
  return 1 - correlation_along(prediction, target, dim).mean();
}

at::Tensor noise_normalised_correlation(const at::Tensor& prediction, const at::Tensor& target,
                                        const at::Tensor& ceiling, std::int64_t dim, bool squared) {
  check_shapes("noise_normalised_correlation", prediction, target);
  const at::Tensor r = correlation_along(prediction, target, dim);
  if (ceiling.sizes() != r.sizes())
    fail("noise_normalised_correlation: expected a ceiling of shape ", r.sizes(), ", got ", ceiling.sizes());
  const at::Tensor counts = ceiling > 0;
  const at::Tensor safe = ceiling.where(counts, at::ones_like(ceiling));
  const at::Tensor normalised = squared ? r * r.abs() / safe : r / safe.sqrt();
  return 1 - (normalised * counts).sum() / counts.sum();
}

}  // namespace brain
