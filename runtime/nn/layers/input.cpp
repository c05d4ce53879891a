#include "nn/layers/input.h"

#include "core/error.h"

namespace brain::nn {

void unexpected_input(const Layer& layer, const std::string& expected, const at::Tensor& x) {
  fail(layer.class_name(), ": expected input ", expected, ", found ", x.sizes());
}

void check_image(const Layer& layer, const at::Tensor& x, std::int64_t channels, std::size_t axes, bool unbatched) {
  static const char* const names[] = {"", ", L", ", H, W", ", D, H, W"};
  const auto dims = static_cast<std::int64_t>(axes) + 1;  // without N
  const std::int64_t found = x.dim();
  const bool fits = found == dims + 1 || (unbatched && found == dims);
  if (!fits || (channels >= 0 && x.size(found - dims) != channels))
    unexpected_input(layer, join_text("[N, ", channels < 0 ? "C" : std::to_string(channels), names[axes], "]"), x);
}

}  // namespace brain::nn
