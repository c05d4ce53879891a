#pragma once
// Covariances of noise, with shrinkage, and their inverses.
#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <string>

namespace brain::stats {

// full: the sample covariance S. diagonal: its diagonal. ledoit_wolf: shrunk to a multiple of the identity
// (Ledoit and Wolf 2004, JMVA 88). schaefer_strimmer: correlations shrunk to 0, variances kept (Schaefer and
// Strimmer 2005, SAGMB 4).
enum class CovarianceEstimator { full, diagonal, ledoit_wolf, schaefer_strimmer };
// Names and those of rsatoolbox (diag, shrinkage_eye, shrinkage_diag); errors list the names.
CovarianceEstimator covariance_estimator_of(const std::string& name, const char* function);

struct Covariance {
  at::Tensor matrix;     // float64 [features, features]
  double shrinkage = 0;  // 0: S itself, 1: the target
  std::int64_t degrees;  // of freedom, what S is divided by
};

// Of x [rows, features] without the mean of its rows, or with groups (int64 [rows], 0 ... g-1) without the mean
// of each group: then the noise of measurements repeated in each condition. `degrees` stands for rows - 1 or
// rows - groups where it is given. The sums of products and of their squares are one product each, in float64.
Covariance covariance(const at::Tensor& x, CovarianceEstimator estimator,
                      const std::optional<at::Tensor>& groups = std::nullopt,
                      std::optional<std::int64_t> degrees = std::nullopt);

// The inverse of a symmetric positive definite [..., n, n]; `name` stands in the error when it is not.
at::Tensor precision(const at::Tensor& covariance, const std::string& name);

// x [rows, ...] without the mean of each group.
at::Tensor without_group_means(const at::Tensor& x, const at::Tensor& groups);

}  // namespace brain::stats
