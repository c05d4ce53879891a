#include "losses/clip_hba.h"

#include "core/error.h"
#include "losses/unit.h"

namespace brain {

ClipHba clip_hba(const at::Tensor& image, const at::Tensor& text, const at::Tensor& target, bool pairs,
                 double scale) {
  if (image.dim() != 2 || text.dim() != 2 || target.dim() != 2 || image.size(1) != text.size(1))
    fail("clip_hba: expected image [N, D], text [K, D] and target [N, K], got ", image.sizes(), ", ",
         text.sizes(), " and ", target.sizes());
  const std::int64_t prompts = target.size(1) * (pairs ? 2 : 1);
  if (text.size(0) != prompts || target.size(0) != image.size(0))
    fail("clip_hba: expected ", prompts, " prompts for a target of shape ", target.sizes(), " and ",
         target.size(0), " images, got ", text.size(0), " and ", image.size(0));
  ClipHba result;
  const at::Tensor logits = unit(image, 1).matmul(unit(text, 1).t()) * scale;
  // The softmax of two is the sigmoid of their difference.
  result.prediction = pairs ? logits.unflatten(1, {-1, 2}).diff(1, -1).squeeze(-1).neg().sigmoid() : logits;
  result.loss = at::mse_loss(result.prediction, target);
  return result;
}

}  // namespace brain
