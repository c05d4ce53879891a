// RMSprop (Hinton, Coursera lecture 6e), as torch.optim.RMSprop: eps is added outside the root.
#include "optim/update.h"

namespace brain {

namespace {

enum { kLr, kAlpha, kEps, kWeightDecay, kMomentum, kCentered, kMaximize };
enum { kSquare, kMean, kBuffer };

void update(const OptionValues& o, UpdateBatch& b) {
  std::vector<at::Tensor> gradients = b.gradients;
  if (o[kMaximize] != 0) gradients = at::_foreach_neg(gradients);
  if (o[kWeightDecay] != 0) gradients = at::_foreach_add(gradients, b.parameters, o[kWeightDecay]);

  at::_foreach_mul_(b.state[kSquare], o[kAlpha]);
  at::_foreach_addcmul_(b.state[kSquare], gradients, gradients, 1 - o[kAlpha]);
  std::vector<at::Tensor> scale;
  if (o[kCentered] != 0) {
    at::_foreach_lerp_(b.state[kMean], gradients, 1 - o[kAlpha]);
    scale = at::_foreach_addcmul(b.state[kSquare], b.state[kMean], b.state[kMean], -1);
    at::_foreach_sqrt_(scale);
  } else {
    scale = at::_foreach_sqrt(b.state[kSquare]);
  }
  at::_foreach_add_(scale, o[kEps]);

  if (o[kMomentum] == 0) return at::_foreach_addcdiv_(b.parameters, gradients, scale, -o[kLr]);
  at::_foreach_mul_(b.state[kBuffer], o[kMomentum]);
  at::_foreach_addcdiv_(b.state[kBuffer], gradients, scale);
  at::_foreach_add_(b.parameters, b.state[kBuffer], -o[kLr]);
}

}  // namespace

const OptimizerKind rmsprop{"RMSprop",
                            {{"lr", OptionKind::number, {1e-2}},
                             {"alpha", OptionKind::number, {0.99}},
                             {"eps", OptionKind::number, {1e-8}},
                             {"weight_decay", OptionKind::number, {0}},
                             {"momentum", OptionKind::number, {0}},
                             {"centered", OptionKind::flag, {0}},
                             {"maximize", OptionKind::flag, {0}}},
                            {{.name = "square_avg"},
                             {.name = "grad_avg", .when = kCentered},
                             {.name = "momentum_buffer", .when = kMomentum}},
                            update};

}  // namespace brain
