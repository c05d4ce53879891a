#include "rsa/pairs.h"

#include <cmath>
#include <limits>

#include "core/error.h"

namespace brain::rsa {

namespace {

// Float32 products leave this much, relative to the largest entry, between the two triangles.
bool is_symmetric(const at::Tensor& matrix) {
  const at::Tensor m = matrix.nan_to_num(0);
  const double scale = m.abs().max().item<double>();
  return (m - m.transpose(-1, -2)).abs().max().item<double>() <= 1e-5 * scale;
}

}  // namespace

std::int64_t conditions_of(std::int64_t pairs) {
  const auto n = static_cast<std::int64_t>(std::ceil(std::sqrt(2.0 * static_cast<double>(pairs))));
  return pairs > 0 && pairs_of(n) == pairs ? n : 0;
}

at::Tensor upper_triangle_places(std::int64_t n, at::Device device) {
  const at::Tensor place = at::triu_indices(n, n, 1, at::TensorOptions(device).dtype(at::kLong));
  return place.select(0, 0) * n + place.select(0, 1);
}

at::Tensor condensed(const at::Tensor& rdms, const std::string& name) {
  if (!at::isFloatingType(rdms.scalar_type()) &&
      !at::isIntegralType(rdms.scalar_type(), /*includeBool=*/true))
    fail(name, ": expected real numbers, got ", rdms.scalar_type());
  const at::Tensor x = rdms.detach().to(at::kDouble);
  const std::int64_t d = x.dim();
  if (d == 0 || d > 3 || x.numel() == 0)
    fail(name, ": expected RDMs [pairs], [k, pairs], [n, n] or [k, n, n], got ", x.sizes());
  const bool square_end = d >= 2 && x.size(-1) == x.size(-2);
  if (d == 3 || (square_end && x.size(-1) > 1)) {
    if (square_end && is_symmetric(x)) {
      const std::int64_t n = x.size(-1);
      return x.reshape({-1, n * n}).index_select(1, upper_triangle_places(n, x.device())).contiguous();
    }
    if (d == 3)
      fail(name, ": expected symmetric matrices [k, n, n], got ", square_end ? "asymmetric ones " : "",
           x.sizes());
  }
  if (conditions_of(x.size(-1)) == 0)
    fail(name, ": expected n (n - 1) / 2 pairs, got ", x.size(-1), " in ", x.sizes(),
         square_end ? " (and as a matrix it is not symmetric)" : "");
  return x.reshape({-1, x.size(-1)}).contiguous();
}

at::Tensor square(const at::Tensor& condensed) {
  const std::int64_t n = conditions_of(condensed.size(1));
  const at::Tensor full = at::zeros({condensed.size(0), n * n}, condensed.options());
  full.index_copy_(1, upper_triangle_places(n, condensed.device()), condensed);
  const at::Tensor matrices = full.view({-1, n, n});
  return matrices + matrices.transpose(1, 2);
}

at::Tensor subset(const at::Tensor& condensed, const std::vector<std::int64_t>& conditions) {
  const std::int64_t n = conditions_of(condensed.size(1)), m = static_cast<std::int64_t>(conditions.size());
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> same;
  for (std::int64_t a = 0; a < m; ++a) {
    if (conditions[a] < 0 || conditions[a] >= n)
      fail("subset: expected conditions 0 to ", n - 1, ", got ", conditions[a]);
    for (std::int64_t b = a + 1; b < m; ++b) {
      const std::int64_t i = std::min(conditions[a], conditions[b]),
                         j = std::max(conditions[a], conditions[b]);
      if (i == j) same.push_back(static_cast<std::int64_t>(places.size()));
      places.push_back(i == j ? 0 : pair_place(i, j, n));
    }
  }
  at::Tensor chosen = condensed.index_select(1, at::tensor(places, at::kLong).to(condensed.device()));
  if (!same.empty())
    chosen.index_fill_(1, at::tensor(same, at::kLong).to(condensed.device()),
                       std::numeric_limits<double>::quiet_NaN());
  return chosen;
}

}  // namespace brain::rsa
