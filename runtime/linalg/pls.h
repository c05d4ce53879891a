#pragma once
// Partial least squares regression.
#include <ATen/ATen.h>

#include <cstdint>

namespace brain::linalg {

// x [n, p] and y [n, m] less their means (and divided by their standard deviations) are explained by k scores x r_i that
// are orthogonal over samples. float64.
struct PartialLeastSquares {
  at::Tensor coefficients;                      // [p, m]: predictions are intercept + x coefficients
  at::Tensor intercept;                         // [m]
  at::Tensor weights, loadings, rotations;      // [p, k]; rotations give scores from x itself
  at::Tensor y_loadings;                        // [m, k]
};

// PLS2 as NIPALS finds it (Wold; what scikit-learn's PLSRegression converges to): weight i is the leading left singular
// vector of x_i' y, x_i what is left of x. Only x' y is deflated (Dayal and MacGregor 1997), never x or y. Fewer components
// where x' y has no more. Errors: shapes, numbers that are not finite, components outside 1 ... min(n - 1, p).
// scale: divide columns by their standard deviations (n - 1); constant ones by 1.
PartialLeastSquares partial_least_squares(const at::Tensor& x, const at::Tensor& y, std::int64_t components, bool scale);

}  // namespace brain::linalg
