// Stochastic gradient descent with momentum, as torch.optim.SGD: the first buffer is the plain gradient (no
// dampening).
#include "core/error.h"
#include "optim/update.h"

namespace brain {

namespace {

enum { kLr, kMomentum, kDampening, kWeightDecay, kNesterov, kMaximize };

void update(const OptionValues& o, UpdateBatch& b) {
  at::_fused_sgd_(b.parameters, b.gradients, b.state[0], o[kWeightDecay], o[kMomentum], o[kLr], o[kDampening],
                  o[kNesterov] != 0, o[kMaximize] != 0, /*is_first_step=*/o[kMomentum] != 0 && b.first);
}

void check(const OptionValues& o) {
  if (o[kNesterov] != 0 && (o[kMomentum] == 0 || o[kDampening] != 0))
    fail("SGD: nesterov: expected a momentum and no dampening, got momentum ", o[kMomentum],
         " and dampening ", o[kDampening]);
}

}  // namespace

const OptimizerKind sgd{"SGD",
                        {{"lr", OptionKind::number, {1e-3}},
                         {"momentum", OptionKind::number, {0}},
                         {"dampening", OptionKind::number, {0}, -std::numeric_limits<double>::infinity()},
                         {"weight_decay", OptionKind::number, {0}},
                         {"nesterov", OptionKind::flag, {0}},
                         {"maximize", OptionKind::flag, {0}}},
                        {{.name = "momentum_buffer", .when = kMomentum}},
                        update,
                        check};

}  // namespace brain
