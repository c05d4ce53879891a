#pragma once
// What the update functions of several optimisers share.
#include "optim/optimizer.h"

namespace brain {

// Each optimiser's options, state and update, one file each.
extern const OptimizerKind sgd, adam, adamw, rmsprop, adagrad;

// One more step on every 0-d count; on the CPU without an operator call for each.
void count_step(std::vector<at::Tensor>& steps);

}  // namespace brain
