#include "optim/update.h"

namespace brain {

const std::vector<const OptimizerKind*>& optimizer_kinds() {
  static const std::vector<const OptimizerKind*> kinds{&sgd, &adam, &adamw, &rmsprop, &adagrad};
  return kinds;
}

void count_step(std::vector<at::Tensor>& steps) {
  if (!steps[0].is_cpu()) return at::_foreach_add_(steps, 1);
  for (auto& step : steps) *step.mutable_data_ptr<float>() += 1;
}

}  // namespace brain
