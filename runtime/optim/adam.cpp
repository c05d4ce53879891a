// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as torch.optim: Adam's weight decay is added
// to the gradient, AdamW's shrinks the parameter by lr * weight_decay before the step.
#include "optim/update.h"

namespace brain {

namespace {

enum { kLr, kBetas, kEps, kWeightDecay, kAmsgrad, kMaximize };
enum { kStep, kMean, kSquare, kMaximum };

template <auto kernel>
void update(const OptionValues& o, UpdateBatch& b) {
  count_step(b.state[kStep]);
  kernel(b.parameters, b.gradients, b.state[kMean], b.state[kSquare], b.state[kMaximum], b.state[kStep],
         o[kLr], o.list(kBetas)[0], o.list(kBetas)[1], o[kWeightDecay], o[kEps], o[kAmsgrad] != 0,
         o[kMaximize] != 0, {}, {});
}

using Kernel = void (*)(at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                        at::TensorList, double, double, double, double, double, bool, bool,
                        const std::optional<at::Tensor>&, const std::optional<at::Tensor>&);

std::vector<OptionSpec> options(double weight_decay) {
  return {{"lr", OptionKind::number, {1e-3}},
          {"betas", OptionKind::list, {0.9, 0.999}, 0, 1},
          {"eps", OptionKind::number, {1e-8}},
          {"weight_decay", OptionKind::number, {weight_decay}},
          {"amsgrad", OptionKind::flag, {0}},
          {"maximize", OptionKind::flag, {0}}};
}

const std::vector<StateSpec> state{{.name = "step", .is_step = true},
                                   {.name = "exp_avg"},
                                   {.name = "exp_avg_sq"},
                                   {.name = "max_exp_avg_sq", .when = kAmsgrad}};

}  // namespace

const OptimizerKind adam{"Adam", options(0), state, update<static_cast<Kernel>(at::_fused_adam_)>};
const OptimizerKind adamw{"AdamW", options(1e-2), state, update<static_cast<Kernel>(at::_fused_adamw_)>};

}  // namespace brain
