#pragma once
// Signal and noise of repeated measurements as two Gaussians (GSN: Kay, Prince et al. 2024).
#include <ATen/ATen.h>

#include <cstdint>

namespace brain::stats {

enum class GsnVariant { biconvex, nearest };  // the published procedure of 2024, and that of 2022 before it

struct Gsn {
  at::Tensor signal_mean;                            // [units]
  at::Tensor signal_covariance, noise_covariance;    // [units, units], positive semidefinite
  at::Tensor data_covariance;                        // of trial averages over conditions, shrunk
  at::Tensor raw_noise_covariance, raw_signal_covariance;  // shrunk, before they are made to fit together
  at::Tensor ncsnr;                                  // [units]: noise ceiling signal-to-noise ratio
  double noise_shrinkage, data_shrinkage;            // the share of the covariances off the diagonal that is kept
  at::Tensor noise_likelihood, data_likelihood;      // [51]: mean negative log-likelihood of held-out data per share
  std::int64_t iterations, trials;
};

// trials [conditions, trials, units], every condition as often (at least 2 trials and 5 conditions). Noise: the mean
// over conditions of the covariance over trials; data: the covariance over conditions of the trial averages; the
// covariances off the diagonal are multiplied by that of 0, .02, ..., 1 under which a held-out fifth of the
// conditions is most likely, then taken of all. Signal = data - noise / trials; both are replaced by positive
// semidefinite ones, in turns until neither changes (biconvex), or once (nearest). seed: of NumPy's generator
// (MT19937), as the toolbox draws the held-out fifth (42 there).
Gsn gsn(const at::Tensor& trials, GsnVariant variant = GsnVariant::biconvex, std::uint32_t seed = 42);

// The ratio alone, [units], without covariances: sqrt(max(0, var of averages - noise / trials) / noise); 0 where
// there is no noise.
at::Tensor ncsnr(const at::Tensor& trials);

// c, or the nearest positive semidefinite matrix (Higham 1988) on which Cholesky's factorisation succeeds.
at::Tensor nearest_positive(const at::Tensor& c);

}  // namespace brain::stats
