#pragma once
// CLIP-HBA: predicting the dimensions of a behavioural embedding from images through text prompts.
#include <ATen/ATen.h>

namespace brain {

struct ClipHba {
  at::Tensor loss, prediction;  // prediction [N, K]
};

// MSE of predicted dimensions against target [N, K] (Zhao et al. 2024, 2025). plain: prediction = scale *
// cos(image, text_k), one prompt for each dimension, target in 0..100. pairs: text holds (positive, negative)
// prompts in turn, 2 K rows; prediction = softmax over the pair of scale * cos, its first entry; target in
// 0..1. Rows image [N, D] and text [K or 2 K, D] are normalised here; scale is exp(logit_scale), 100 in the
// released CLIP.
ClipHba clip_hba(const at::Tensor& image, const at::Tensor& text, const at::Tensor& target,
                 bool pairs = false, double scale = 100);

}  // namespace brain
