#pragma once
// Comparison of RDMs whose dissimilarities covary because they share conditions.
#include <ATen/ATen.h>

#include <optional>
#include <vector>

namespace brain::rsa {

// The covariance of dissimilarities estimated without bias is V = (C Sigma C') o (C Sigma C'), with C the
// differences of all pairs and Sigma how the noise of patterns covaries between conditions (Diedrichsen et al.
// 2021, arXiv:2007.02789). V^-1 needs no matrix of pairs: with W = L^-1 (I - 1 (1' Sigma^-1 1)^-1 1' Sigma^-1),
// L L' = Sigma, the product x' V^-1 y is a multiple of <W X W', W Y W'> of the square RDMs. For Sigma = I these
// are doubly centred kernels and the cosine is linear CKA.
//
// Sets of RDMs [k, p] -> [k, n n] each, whose plain inner products are those of V^-1. Pairs that are NaN in any
// RDM are missing for all: V^-1 is then that of the pairs left, which is the same as filling each RDM's
// missing pairs so that its whitened length is smallest. centre: without the mean of the pairs first.
// sigma: [n] or [n, n]; without it the identity.
std::vector<at::Tensor> whiten(const std::vector<at::Tensor>& sets, bool centre,
                               const std::optional<at::Tensor>& sigma = std::nullopt);

// Sigma [n, n] from [n] variances or [n, n]; refuses other shapes, asymmetric ones and (with its Cholesky
// factor) those that are not positive definite.
at::Tensor pattern_covariance(const std::optional<at::Tensor>& sigma, std::int64_t n, at::TensorOptions options);

}  // namespace brain::rsa
