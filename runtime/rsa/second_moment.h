#pragma once
// Comparison of RDMs through the second moments (Gram matrices) of the patterns they come from.
#include <ATen/ATen.h>

#include <optional>

namespace brain::rsa {

// G = -H D H / 2, H = I - 1 1'/n, of squared dissimilarities: [k, n, n] from [k, p]. Refuses missing pairs.
at::Tensor second_moments(const at::Tensor& rdms);

// a [k, p], b [m, p] -> [k, m]. With F = tr (G_a^1/2 G_b G_a^1/2)^1/2, the sum of the singular values of the
// product of their factors: F / sqrt(tr G_a tr G_b), the cosine of angular Procrustes, and
// tr G_a + tr G_b - 2 F, the squared Bures distance, which is the squared Procrustes distance of the patterns
// (Harvey et al. 2024) and what rsatoolbox calls bures_metric. Negative eigenvalues of G count as 0.
at::Tensor bures_similarity(const at::Tensor& a, const at::Tensor& b);
at::Tensor bures_distance(const at::Tensor& a, const at::Tensor& b);

// The affine-invariant distance between the second moments of contrasts, |log eig((s G_a + t Sigma)^-1 G_b)|, at
// the scale s and the amount of noise t that make it smallest (Shahbazi et al. 2021; as rsatoolbox's
// neg_riem_dist). Not symmetric in a and b. The best s is known for each t; t is searched along one line. NaN
// where a G_b is not positive definite: no finite distance.
at::Tensor riemannian_distance(const at::Tensor& a, const at::Tensor& b,
                               const std::optional<at::Tensor>& sigma = std::nullopt);

}  // namespace brain::rsa
