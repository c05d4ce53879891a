#pragma once
// Continuous piecewise-linear regression.
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace brain::stats {

struct Breakpoints {
  std::vector<double> breaks;        // rising; values of x
  std::vector<double> coefficients;  // intercept, slope, then the change of slope at each break
  double residual;                   // sum of squares
};

// The least-squares y = a + b x + sum_k c_k max(0, x - break_k) over all choices of `breaks` (1 to 3) different values
// of x as breaks, at least `apart` different values of x between two of them and before the first and after the last.
// Every choice is tried; its products are sums over the points above a break, known beforehand. x, y: equally long
// lists of finite numbers, in any order.
Breakpoints breakpoints(const at::Tensor& x, const at::Tensor& y, std::int64_t breaks, std::int64_t apart = 1);

}  // namespace brain::stats
