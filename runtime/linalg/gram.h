#pragma once
// Inner products of all rows.
#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>

#include "core/interrupt.h"

namespace brain::linalg {

// rows: without each row's mean; columns: without each column's (against cancellation in distances).
enum class Centring { none, rows, columns };

// X X' float64 [n, n] of real x [n, p]: summed in float64 block by block of columns, so that a float64 copy of x
// never exists, and only on one side of the diagonal. Runs where x is.
// means [n, 1]: of the rows, where they are known.
at::Tensor gram(const at::Tensor& x, Centring centring = Centring::none, const at::Tensor& means = {});

// Means of rows, float64 [n, 1], likewise without a float64 copy of x.
at::Tensor row_means(const at::Tensor& x);

// Calls f with each block of columns of x [n, p] in float64, at most 16 MB of it.
template <class F>
void each_block(const at::Tensor& x, F f) {
  constexpr std::int64_t bytes = std::int64_t{16} << 20;
  const std::int64_t p = x.size(1), step = std::max<std::int64_t>(64, bytes / (8 * x.size(0)));
  for (std::int64_t first = 0; first < p; first += step) {
    interrupt::check();
    f(x.slice(1, first, std::min(first + step, p)).to(at::kDouble));
  }
}

}  // namespace brain::linalg
