#include "losses/classification.h"

#include "core/error.h"

namespace brain {

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& target,
                         const CrossEntropyOptions& options) {
  const bool soft = at::isFloatingType(target.scalar_type());
  if (soft && target.sizes() != logits.sizes())
    fail("cross_entropy: expected probabilities of the logits' shape ", logits.sizes(), ", got ",
         target.sizes());
  return at::cross_entropy_loss(logits, target, options.weight, options.reduction, options.ignore_index,
                                options.label_smoothing);
}

}  // namespace brain
