#include "rsa/mds.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "rsa/pairs.h"
#include "rsa/second_moment.h"

namespace brain::rsa {

namespace {

at::Tensor checked(const at::Tensor& rdm, std::int64_t dimensions) {
  const at::Tensor d = rdm.cpu().to(at::kDouble).reshape({-1, rdm.size(-1)});
  const std::int64_t n = conditions_of(d.size(1));
  if (d.size(0) != 1 || n == 0) fail("mds: expected one RDM, got ", rdm.sizes());
  if (dimensions < 1 || dimensions >= n) fail("mds: dimensions: expected 1 to ", n - 1, ", got ", dimensions);
  if (d.lt(0).any().item<bool>())
    fail("mds: expected dissimilarities of at least 0, got ", d.nan_to_num(0).min().item<double>());
  return d;
}

// Each column's largest entry positive.
at::Tensor oriented(const at::Tensor& points) {
  const at::Tensor largest = points.gather(0, points.abs().argmax(0, /*keepdim=*/true));
  return points * at::where(largest < 0, -1.0, 1.0);
}

// [n, n] distances of points.
at::Tensor distances(const at::Tensor& points) {
  const at::Tensor squares = points.square().sum(1);
  at::Tensor d = (squares.unsqueeze(0) + squares.unsqueeze(1) - 2 * points.matmul(points.t())).clamp_min(0).sqrt();
  d.diagonal().zero_();
  return d;
}

// Squared misfit over all ordered pairs.
double misfit(const at::Tensor& d, const at::Tensor& weights, const at::Tensor& points) {
  return (weights * (d - distances(points)).square()).sum().item<double>();
}

}  // namespace

Mds classical_mds(const at::Tensor& rdm, std::int64_t dimensions) {
  const c10::NoGradGuard no_grad;
  const at::Tensor d = checked(rdm, dimensions);
  if (d.isnan().any().item<bool>()) fail("mds: classical needs every pair, and some are missing (NaN); smacof does not");
  const auto [rising, vectors] = at::linalg_eigh(second_moments(d.square())[0]);
  const at::Tensor values = rising.flip(0);
  const at::Tensor points =
      vectors.flip(1).slice(1, 0, dimensions) * values.slice(0, 0, dimensions).clamp_min(0).sqrt();
  const at::Tensor squared = rsa::square(d)[0];
  return {oriented(points), values,
          std::sqrt(misfit(squared, at::ones_like(squared), points) / squared.square().sum().item<double>())};
}

Mds smacof(const at::Tensor& rdm, const SmacofOptions& options) {
  const c10::NoGradGuard no_grad;
  const at::Tensor condensed = checked(rdm, options.dimensions), missing = condensed.isnan();
  if (options.starts < 1 || options.iterations < 1)
    fail("mds: expected at least 1 start and 1 iteration, got ", options.starts, " and ", options.iterations);
  const at::Tensor d = rsa::square(condensed.nan_to_num(0))[0],
                   weights = rsa::square(missing.logical_not().to(at::kDouble))[0];
  const std::int64_t n = d.size(0);
  const double total = d.square().sum().item<double>();
  if (!(total > 0)) fail("mds: expected dissimilarities that are not all 0 or missing");
  // The Guttman transform is V^+ B(X) X; V is the weights' Laplacian.
  at::Tensor laplacian = -weights;
  laplacian.diagonal().copy_(weights.sum(1));
  const bool complete = !missing.any().item<bool>();
  const at::Tensor inverse = complete ? at::Tensor() : at::linalg_pinv(laplacian, 1e-12, /*hermitian=*/true);
  std::vector<at::Tensor> found(static_cast<std::size_t>(options.starts));
  std::vector<double> stress(found.size());
  at::parallel_for(0, options.starts, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    for (std::int64_t start = begin; start < end; ++start) {
      at::Tensor x = at::empty({n, options.dimensions}, at::kDouble);
      if (start == 0) {  // with the mean dissimilarity for pairs that are missing
        x = classical_mds(condensed.nan_to_num(condensed.nanmean().item<double>()), options.dimensions).points;
      } else {
        Philox draw(options.seed, static_cast<std::uint64_t>(start));
        for (std::int64_t k = 0; k < x.numel(); ++k)
          x.mutable_data_ptr<double>()[k] = draw.normal();
        x *= std::sqrt(total / static_cast<double>(n * n));
      }
      double now = misfit(d, weights, x);
      for (std::int64_t i = 0; i < options.iterations; ++i) {
        interrupt::check();
        const at::Tensor apart = distances(x);
        at::Tensor b = -at::where(apart > 0, weights * d / apart, 0.0);
        b.diagonal().zero_();
        b.diagonal().copy_(-b.sum(1));
        x = complete ? b.matmul(x) / static_cast<double>(n) : inverse.matmul(b.matmul(x));
        const double before = now;
        now = misfit(d, weights, x);
        if (before - now <= options.tolerance * before) break;
      }
      found[start] = x, stress[start] = now;
    }
  });
  std::size_t best = 0;
  for (std::size_t k = 1; k < found.size(); ++k) {
    if (stress[k] < stress[best]) best = k;
  }
  const at::Tensor centred = found[best] - found[best].mean(0, true);
  const auto [u, s, v] = at::linalg_svd(centred, /*full_matrices=*/false);
  return {oriented(u * s), {}, std::sqrt(stress[best] / total)};
}

}  // namespace brain::rsa
