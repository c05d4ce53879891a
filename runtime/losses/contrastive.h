#pragma once
// Losses that compare the samples of a batch with each other.
#include <ATen/ATen.h>

namespace brain {

enum class Duplicates { positive, mask };

struct ClipOptions {
  at::Tensor scale;  // 0-d, differentiable; undefined: 1 / 0.07
  at::Tensor ids;    // [N] int64, equal for samples that show the same thing; undefined: all differ
  Duplicates duplicates = Duplicates::positive;
};

// Symmetric InfoNCE (Radford et al. 2021): the mean of both directions' cross-entropy of scale * cos(image_i,
// text_j) with target j = i. Rows [N, D] are normalised here. Samples of one id are no negatives of each
// other: the target is spread evenly over them (positive), or they are left out (mask).
at::Tensor clip_contrastive(const at::Tensor& image, const at::Tensor& text, const ClipOptions& options = {});

enum class Correlation { pearson, spearman };

struct RealnetGeneration {
  at::Tensor total, mse, contrast;  // total = mse + contrast
};

// ReAlnet's generation loss (Lu, Wang & Golomb 2026): MSE plus 1 - mean_i r(prediction_i, target_i) + mean
// over i != j of r(prediction_i, target_j), r over the columns of [N, P], N >= 2. Ranks have no gradient, so
// with spearman only the MSE has one; `detach_contrast` makes pearson behave alike, as the released models
// were trained.
RealnetGeneration realnet_generation(const at::Tensor& prediction, const at::Tensor& target,
                                     Correlation correlation = Correlation::pearson,
                                     bool detach_contrast = false);

// Ranks from 1 along the last dimension, ties averaged.
at::Tensor average_ranks(const at::Tensor& x);

// Mean -log p(i and j are the closest pair), p = exp(s_ij) / (exp(s_ij) + exp(s_ik) + exp(s_jk)), of triplets
// (i, j, k) whose odd one out is k; s = dot product (SPoSE, Hebart et al. 2020) or cosine, divided by
// temperature. embedding [N, D], triplets int64 [T, 3] of its rows (from 0).
at::Tensor triplet_odd_one_out(const at::Tensor& embedding, const at::Tensor& triplets, bool cosine = false,
                               double temperature = 1);

}  // namespace brain
