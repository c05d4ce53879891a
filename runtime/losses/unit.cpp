#include "losses/unit.h"

#include <limits>

namespace brain {

namespace {

// Dividing by infinity gives 0 with gradient 0.
at::Tensor divide(const at::Tensor& x, const at::Tensor& length, const at::Tensor& is_zero) {
  return x / length.masked_fill(is_zero, std::numeric_limits<double>::infinity());
}

double epsilon(at::ScalarType dtype) {
  switch (dtype) {
    case at::kDouble:
      return 0x1p-52;
    case at::kHalf:
      return 0x1p-10;
    case at::kBFloat16:
      return 0x1p-7;
    default:
      return 0x1p-23;
  }
}

}  // namespace

at::Tensor unit(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor length = x.norm(2, dim, /*keepdim=*/true);
  return divide(x, length, length == 0);
}

at::Tensor centred_unit(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor centred = x - x.mean(dim, /*keepdim=*/true);
  const at::Tensor length = centred.norm(2, dim, /*keepdim=*/true);
  // The rounding of the mean alone leaves eps |x|.
  return divide(centred, length,
                length <= 4 * epsilon(x.scalar_type()) * x.detach().norm(2, dim, /*keepdim=*/true));
}

}  // namespace brain
