#pragma once
// Centred kernel alignment.
#include <ATen/ATen.h>

#include <cstdint>
#include <optional>

namespace brain::rsa {

enum class Kernel { linear, rbf };

struct CkaOptions {
  Kernel kernel = Kernel::linear;
  bool unbiased = false;
  double sigma = 0;        // of rbf, exp(-d^2 / (2 sigma^2)); 0: sigma^2 is the median of the d^2 of different rows
  std::int64_t batch = 0;  // rows in a minibatch; 0: all at once
};

// Kernel matrix float64 [n, n] of x [n, features].
at::Tensor kernel(const at::Tensor& x, const CkaOptions& options);

// The Hilbert-Schmidt independence criterion of two kernels: biased tr(K H L H) (Gretton et al. 2005, without its
// 1 / (n - 1)^2), or the unbiased estimate of Song et al. (2012), which needs 4 rows.
double hsic(const at::Tensor& k, const at::Tensor& l, bool unbiased);

// HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)) (Kornblith et al. 2019) of x [n, p] and y [n, q]. With minibatches each
// HSIC is the mean over them (Nguyen, Raghu and Kornblith 2021); a last one of fewer rows is left out. An unbiased
// CKA may be negative; NaN where a representation does not vary.
double cka(const at::Tensor& x, const at::Tensor& y, const CkaOptions& options = {});

}  // namespace brain::rsa
