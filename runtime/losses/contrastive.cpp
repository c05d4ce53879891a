#include "losses/contrastive.h"

#include <limits>

#include "core/error.h"
#include "losses/unit.h"

namespace brain {

namespace {

void check_rows(const char* loss, const at::Tensor& a, const at::Tensor& b) {
  if (a.dim() != 2 || a.sizes() != b.sizes())
    fail(loss, ": expected two tensors of one shape [N, D], got ", a.sizes(), " and ", b.sizes());
}

}  // namespace

at::Tensor clip_contrastive(const at::Tensor& image, const at::Tensor& text, const ClipOptions& options) {
  check_rows("clip_contrastive", image, text);
  const std::int64_t n = image.size(0);
  at::Tensor logits = unit(image, 1).matmul(unit(text, 1).t());
  logits = options.scale.defined() ? logits * options.scale : logits / 0.07;
  if (!options.ids.defined()) {
    const at::Tensor target = at::arange(n, logits.options().dtype(at::kLong));
    return (at::cross_entropy_loss(logits, target) + at::cross_entropy_loss(logits.t(), target)) / 2;
  }
  if (options.ids.dim() != 1 || options.ids.size(0) != n)
    fail("clip_contrastive: ids: expected shape [", n, "], got ", options.ids.sizes());
  const at::Tensor ids = options.ids.to(logits.device());
  const at::Tensor same = ids.unsqueeze(0) == ids.unsqueeze(1);
  if (options.duplicates == Duplicates::mask) {
    const at::Tensor others = same.logical_and(at::eye(n, same.options()).logical_not());
    logits = logits.masked_fill(others, -std::numeric_limits<double>::infinity());
    const at::Tensor diagonal = logits.diagonal();
    return (logits.logsumexp(0) + logits.logsumexp(1) - 2 * diagonal).mean() / 2;
  }
  at::Tensor target = same.to(logits.scalar_type());
  target = target / target.sum(1, /*keepdim=*/true);
  return (at::cross_entropy_loss(logits, target) + at::cross_entropy_loss(logits.t(), target)) / 2;
}

at::Tensor average_ranks(const at::Tensor& x) {
  const at::Tensor values = x.detach().contiguous();
  const at::Tensor sorted = std::get<0>(values.sort(-1));
  const at::Tensor below = at::searchsorted(sorted, values),
                   upto = at::searchsorted(sorted, values, false, /*right=*/true);
  return (below + upto + 1).to(x.scalar_type()) / 2;
}

RealnetGeneration realnet_generation(const at::Tensor& prediction, const at::Tensor& target,
                                     Correlation correlation, bool detach_contrast) {
  check_rows("realnet_generation", prediction, target);
  const std::int64_t n = prediction.size(0);
  if (n < 2) fail("realnet_generation: expected at least 2 samples, got ", n);
  const auto rows = [&](const at::Tensor& x) {
    return centred_unit(correlation == Correlation::spearman ? average_ranks(x) : x, 1);
  };
  const at::Tensor source = detach_contrast ? prediction.detach() : prediction;
  const at::Tensor r = rows(source).matmul(rows(target).t());
  const at::Tensor own = r.trace();
  const auto samples = static_cast<double>(n);
  RealnetGeneration loss;
  loss.mse = at::mse_loss(prediction, target);
  loss.contrast = 1 - own / samples + (r.sum() - own) / (samples * (samples - 1));
  loss.total = loss.mse + loss.contrast;
  return loss;
}

at::Tensor triplet_odd_one_out(const at::Tensor& embedding, const at::Tensor& triplets, bool cosine,
                               double temperature) {
  if (embedding.dim() != 2) fail("triplet_odd_one_out: embedding: expected [N, D], got ", embedding.sizes());
  if (triplets.dim() != 2 || triplets.size(1) != 3 || !at::isIntegralType(triplets.scalar_type(), false))
    fail("triplet_odd_one_out: triplets: expected integers [T, 3], got ", triplets.scalar_type(), " ",
         triplets.sizes());
  const at::Tensor rows = cosine ? unit(embedding, 1) : embedding;
  const auto member = [&](std::int64_t column) { return rows.index_select(0, triplets.select(1, column)); };
  const at::Tensor i = member(0), j = member(1), k = member(2);
  const at::Tensor scores = at::stack({(i * j).sum(1), (i * k).sum(1), (j * k).sum(1)}, 1) / temperature;
  return -scores.log_softmax(1).select(1, 0).mean();
}

}  // namespace brain
