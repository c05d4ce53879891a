// Adagrad (Duchi, Hazan & Singer 2011), as torch.optim.Adagrad: lr_decay counts from step 0.
#include "optim/update.h"

namespace brain {

namespace {

enum { kLr, kLrDecay, kWeightDecay, kInitial, kEps, kMaximize };
enum { kStep, kSum };

void update(const OptionValues& o, UpdateBatch& b) {
  count_step(b.state[kStep]);
  at::_fused_adagrad_(b.parameters, b.gradients, b.state[kSum], b.state[kStep], o[kLr], o[kLrDecay],
                      o[kWeightDecay], o[kEps], o[kMaximize] != 0);
}

}  // namespace

const OptimizerKind adagrad{"Adagrad",
                            {{"lr", OptionKind::number, {1e-2}},
                             {"lr_decay", OptionKind::number, {0}},
                             {"weight_decay", OptionKind::number, {0}},
                             {"initial_accumulator_value", OptionKind::number, {0}},
                             {"eps", OptionKind::number, {1e-10}},
                             {"maximize", OptionKind::flag, {0}}},
                            {{.name = "step", .is_step = true}, {.name = "sum", .fill = kInitial}},
                            update};

}  // namespace brain
