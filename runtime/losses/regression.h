#pragma once
// Losses of predicted responses.
#include <ATen/ATen.h>

namespace brain {

// (prediction - target)^2. Equal shapes only: no silent broadcasting.
at::Tensor mse(const at::Tensor& prediction, const at::Tensor& target,
               at::Reduction::Reduction reduction = at::Reduction::Mean);

// d^2 / (2 beta) for |d| < beta, else |d| - beta / 2 (Girshick 2015, beta as in PyTorch). Equal shapes only.
at::Tensor smooth_l1(const at::Tensor& prediction, const at::Tensor& target, double beta = 1,
                     at::Reduction::Reduction reduction = at::Reduction::Mean);

// Pearson's r along `dim` of two tensors of equal shape; 0, with gradient 0, where one of them is constant.
at::Tensor correlation_along(const at::Tensor& a, const at::Tensor& b, std::int64_t dim);

// 1 - mean r along `dim`: dim 0 of [samples, voxels] correlates each voxel over samples, dim 1 each sample
// over voxels.
at::Tensor pearson(const at::Tensor& prediction, const at::Tensor& target, std::int64_t dim = 0);

// 1 - mean of r / sqrt(ceiling), or of r |r| / ceiling when `squared` (the Algonauts 2023 score with the sign
// kept), over the voxels whose ceiling is above 0. ceiling: the share of a voxel's variance that is not
// noise, in [0, 1], of the shape that is left when `dim` is dropped.
at::Tensor noise_normalised_correlation(const at::Tensor& prediction, const at::Tensor& target,
                                        const at::Tensor& ceiling, std::int64_t dim = 0,
                                        bool squared = false);

}  // namespace brain
