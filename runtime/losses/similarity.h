#pragma once
// Losses that align the geometry of representations.
#include <ATen/ATen.h>

namespace brain {

enum class RdmDistance { correlation, cosine, euclidean, sqeuclidean };
enum class RdmComparison { pearson, cosine, mse };

// The upper triangle of the distances between the rows of x [N, D], row by row, [N (N - 1) / 2];
// differentiable. correlation and cosine: 1 - r; the Euclidean distances are plain sums over D.
at::Tensor condensed_distances(const at::Tensor& x, RdmDistance distance);

// How far the RDM of x [N, D] is from a target RDM: 1 - pearson or 1 - cosine of their upper triangles, or
// their mse. target: a matrix [N, N] or its condensed upper triangle [N (N - 1) / 2].
at::Tensor rdm_alignment(const at::Tensor& x, const at::Tensor& target,
                         RdmDistance distance = RdmDistance::correlation,
                         RdmComparison comparison = RdmComparison::pearson);

// 1 - linear CKA (Kornblith et al. 2019) of x [N, P] and y [N, Q]. unbiased: HSIC of Song et al. 2012,
// N >= 4.
at::Tensor cka(const at::Tensor& x, const at::Tensor& y, bool unbiased = false);

}  // namespace brain
