#include "rsa/searchlight.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "rsa/pairs.h"
#include "stats/rank.h"

namespace brain::rsa {

namespace {

constexpr std::int64_t kBlock = 64;  // neighbourhoods that are compared together

// What a thread works in.
struct Workspace {
  std::vector<double> patch, means;
  at::Tensor products;
};

// Products [n, n] of the conditions of one neighbourhood: the columns of `columns` [places, n] are summed.
class Products {
 public:
  // columns [voxels, folds or 1, n], with the sum over folds as the first of them for crossnobis
  Products(const at::Tensor& columns, bool centre_rows, const std::optional<LocalNoise>& noise)
      : columns_(columns), centre_rows_(centre_rows), noise_(noise) {
    if (noise_) noise_->residuals = noise_->residuals.detach().to(at::kCPU, at::kDouble).t().contiguous();
  }

  void gather(const std::int64_t* places, std::int64_t count, Workspace& w) const {
    const std::int64_t layers = columns_.size(1), n = columns_.size(2);
    const auto* from = columns_.const_data_ptr<double>();
    w.patch.resize(static_cast<std::size_t>(layers * count * n));
    for (std::int64_t k = 0; k < count; ++k)
      for (std::int64_t layer = 0; layer < layers; ++layer)
        std::memcpy(w.patch.data() + (layer * count + k) * n, from + (places[k] * layers + layer) * n,
                    static_cast<std::size_t>(n) * sizeof(double));
    w.means.assign(static_cast<std::size_t>(n), 0.0);
    if (centre_rows_) {
      for (std::int64_t k = 0; k < count; ++k)
        for (std::int64_t i = 0; i < n; ++i)
          w.means[i] += w.patch[k * n + i];
      for (auto& mean : w.means)
        mean /= static_cast<double>(count);
      for (std::int64_t k = 0; k < count; ++k)
        for (std::int64_t i = 0; i < n; ++i)
          w.patch[k * n + i] -= w.means[i];
    }
    if (!w.products.defined()) w.products = at::empty({n, n}, at::kDouble);
    at::Tensor all = at::from_blob(w.patch.data(), {layers, count, n}, at::kDouble);
    if (noise_) all = whitened(all, places, count);
    at::mm_out(w.products, all[0].t(), all[0]);
    // The products of different folds: those of their sum without those of each with itself.
    for (std::int64_t layer = 1; layer < layers; ++layer)
      w.products.addmm_(all[layer].t(), all[layer], 1, -1);
  }

 private:
  at::Tensor whitened(const at::Tensor& patch, const std::int64_t* places, std::int64_t count) const {
    const at::Tensor chosen = at::from_blob(const_cast<std::int64_t*>(places), {count}, at::kLong);
    const at::Tensor covariance =
        stats::covariance(noise_->residuals.index_select(0, chosen).t(), noise_->estimator, std::nullopt, noise_->degrees).matrix;
    const auto [factor, info] = at::linalg_cholesky_ex(covariance);
    const at::Tensor pivots = factor.diagonal().square() / covariance.diagonal();
    if (info.item<int>() != 0 || !(pivots.min().item<double>() > 1e-13))
      fail("searchlight: residuals: the covariance of the ", count, " voxels about voxel ", places[0],
           " is not positive definite; shrink it (ledoit_wolf, schaefer_strimmer) or take diagonal");
    return at::linalg_solve_triangular(factor, patch, /*upper=*/false);
  }

  at::Tensor columns_;
  bool centre_rows_;
  std::optional<LocalNoise> noise_;
};

// x as [columns, layers, conditions], contiguous float64.
at::Tensor columns_of(const at::Tensor& x, SearchlightDistance distance) {
  at::Tensor all = x.detach().to(at::kCPU, at::kDouble);
  if (distance == SearchlightDistance::crossnobis) {
    all = all - all.mean(1, /*keepdim=*/true);
    return at::cat({all.sum(0, /*keepdim=*/true), all}, 0).permute({2, 0, 1}).contiguous();
  }
  if (distance != SearchlightDistance::correlation && distance != SearchlightDistance::cosine)
    all = all - all.mean(0, /*keepdim=*/true);
  return all.t().unsqueeze(1).contiguous();
}

void write_distances(const Workspace& w, std::int64_t n, double count, double folds, SearchlightDistance distance,
                     double* out) {
  const auto* g = w.products.const_data_ptr<double>();
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (distance == SearchlightDistance::correlation || distance == SearchlightDistance::cosine) {
    std::vector<double> inverse(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
      // What centring leaves of a constant row is rounding, not variance.
      const double floor = w.means[i] * w.means[i] * 1e-26 * count, square = g[i * n + i];
      inverse[i] = square > floor ? 1 / std::sqrt(square) : none;
    }
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = i + 1; j < n; ++j) {
        const double r = g[i * n + j] * inverse[i] * inverse[j];
        *out++ = 1 - (r > 1 ? 1 : r < -1 ? -1 : r);
      }
    return;
  }
  const bool crossed = distance == SearchlightDistance::crossnobis;
  const double divisor = crossed                                                ? count * folds * (folds - 1)
                         : distance == SearchlightDistance::sqeuclidean_mean || distance == SearchlightDistance::mahalanobis
                             ? count
                             : 1;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = i + 1; j < n; ++j) {
      double square = (g[i * n + i] + g[j * n + j] - g[i * n + j] - g[j * n + i]) / divisor;
      if (!crossed) square = std::max(square, 0.0);
      *out++ = distance == SearchlightDistance::euclidean ? std::sqrt(square) : square;
    }
}

void check(const at::Tensor& x, const Neighbourhoods& hoods, const at::Tensor& models, bool folds) {
  if (!at::isFloatingType(x.scalar_type()) && !at::isIntegralType(x.scalar_type(), /*includeBool=*/true))
    fail("searchlight: expected real numbers, got ", x.scalar_type());
  if (x.dim() != (folds ? 3 : 2) || x.size(-2) < 2 || (folds && x.size(0) < 2))
    fail("searchlight: expected patterns ",
         folds ? "[folds, conditions, voxels] of at least 2 folds and" : "[conditions, voxels] of at least",
         " 2 conditions, got ", x.sizes());
  if (models.size(1) != pairs_of(x.size(-2)))
    fail("searchlight: models: expected RDMs of the ", x.size(-2), " conditions of the data, got ",
         conditions_of(models.size(1)));
  const std::int64_t *offset = hoods.offsets.const_data_ptr<std::int64_t>(),
                     *place = hoods.places.const_data_ptr<std::int64_t>();
  if (hoods.offsets.numel() < 2 || offset[0] != 0 || offset[hoods.offsets.numel() - 1] != hoods.places.numel())
    fail("searchlight: neighbourhoods: expected offsets from 0 to the number of places");
  for (std::int64_t k = 0; k + 1 < hoods.offsets.numel(); ++k) {
    if (offset[k + 1] - offset[k] < 1) fail("searchlight: neighbourhoods: number ", k, " is empty");
  }
  for (std::int64_t k = 0; k < hoods.places.numel(); ++k) {
    if (place[k] < 0 || place[k] >= x.size(-1))
      fail("searchlight: neighbourhoods: expected voxels 0 to ", x.size(-1) - 1, ", got ", place[k]);
  }
}

}  // namespace

SearchlightDistance searchlight_distance_of(const std::string& name) {
  const std::array<const char*, 7> names{"correlation",      "cosine",     "euclidean",  "sqeuclidean",
                                         "sqeuclidean_mean", "crossnobis", "mahalanobis"};
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (name == names[k]) return static_cast<SearchlightDistance>(k);
  }
  fail("searchlight: distance: expected correlation, cosine, euclidean, sqeuclidean, sqeuclidean_mean, crossnobis or "
      "mahalanobis, got '",
       name, "'");
}

Neighbourhoods spheres(const at::Tensor& mask, double radius, const at::Tensor& voxel_size, double fraction) {
  if (mask.dim() != 3) fail("neighbourhoods: mask: expected [x, y, z], got ", mask.sizes());
  if (!(radius > 0)) fail("neighbourhoods: radius: expected a number above 0, got ", radius);
  if (voxel_size.numel() != 3 || !voxel_size.gt(0).all().item<bool>())
    fail("neighbourhoods: voxel_size: expected three numbers above 0");
  if (!(fraction >= 0 && fraction <= 1))
    fail("neighbourhoods: fraction: expected a number from 0 to 1, got ", fraction);
  const at::Tensor inside = mask.detach().to(at::kCPU).ne(0).contiguous(),
                   size = voxel_size.to(at::kCPU, at::kDouble).contiguous();
  const auto* in = inside.const_data_ptr<bool>();
  const auto* unit = size.const_data_ptr<double>();
  const std::array<std::int64_t, 3> shape{mask.size(0), mask.size(1), mask.size(2)};
  std::array<std::int64_t, 3> reach;
  for (int axis = 0; axis < 3; ++axis)
    reach[axis] = std::min(shape[axis], static_cast<std::int64_t>(radius / unit[axis]));
  std::vector<std::array<std::int64_t, 3>> steps;
  for (std::int64_t x = -reach[0]; x <= reach[0]; ++x)
    for (std::int64_t y = -reach[1]; y <= reach[1]; ++y)
      for (std::int64_t z = -reach[2]; z <= reach[2]; ++z) {
        const double dx = static_cast<double>(x) * unit[0], dy = static_cast<double>(y) * unit[1],
                     dz = static_cast<double>(z) * unit[2];
        if (dx * dx + dy * dy + dz * dz < radius * radius) steps.push_back({x, y, z});
      }
  std::vector<std::int64_t> column(static_cast<std::size_t>(inside.numel())), centres, offsets{0}, places;
  std::int64_t count = 0;
  for (std::int64_t k = 0; k < inside.numel(); ++k)
    column[k] = in[k] ? count++ : -1;
  for (std::int64_t k = 0; k < inside.numel(); ++k) {
    if (!in[k]) continue;
    if (k % 4096 == 0) interrupt::check();
    const std::int64_t x = k / (shape[1] * shape[2]), y = k / shape[2] % shape[1], z = k % shape[2];
    const std::size_t first = places.size();
    std::int64_t in_volume = 0;
    for (const auto& step : steps) {
      const std::int64_t a = x + step[0], b = y + step[1], c = z + step[2];
      if (a < 0 || a >= shape[0] || b < 0 || b >= shape[1] || c < 0 || c >= shape[2]) continue;
      ++in_volume;
      const std::int64_t place = column[(a * shape[1] + b) * shape[2] + c];
      if (place >= 0) places.push_back(place);
    }
    const std::size_t found = places.size() - first;
    if (found < 2 || static_cast<double>(found) < fraction * static_cast<double>(in_volume)) {
      places.resize(first);
      continue;
    }
    centres.push_back(column[k]);
    offsets.push_back(static_cast<std::int64_t>(places.size()));
  }
  if (centres.empty())
    fail("neighbourhoods: no sphere of radius ", radius, " has 2 voxels and a part ", fraction, " in the mask");
  return {at::tensor(centres, at::kLong), at::tensor(offsets, at::kLong), at::tensor(places, at::kLong)};
}

at::Tensor searchlight(const at::Tensor& x, const Neighbourhoods& neighbourhoods, const at::Tensor& models,
                       SearchlightDistance distance, Comparison method, const std::optional<at::Tensor>& control,
                       const std::optional<LocalNoise>& noise) {
  const c10::NoGradGuard no_grad;
  const bool folds = distance == SearchlightDistance::crossnobis;
  check(x, neighbourhoods, models, folds);
  if (control && method != Comparison::pearson && method != Comparison::spearman)
    fail("searchlight: control: expected method pearson or spearman");
  if (control && control->size(1) != models.size(1))
    fail("searchlight: control: expected RDMs of the ", x.size(-2), " conditions of the data, got ",
         conditions_of(control->size(1)));
  if (noise && !folds && distance != SearchlightDistance::mahalanobis)
    fail("searchlight: residuals: expected distance crossnobis or mahalanobis");
  if (!noise && distance == SearchlightDistance::mahalanobis)
    fail("searchlight: mahalanobis: expected residuals, from which the noise of each neighbourhood is estimated");
  if (noise && (noise->residuals.dim() != 2 || noise->residuals.size(1) != x.size(-1)))
    fail("searchlight: residuals: expected [rows, ", x.size(-1), " voxels], got ", noise->residuals.sizes());
  const std::int64_t n = x.size(-2), pairs = pairs_of(n), centres = neighbourhoods.offsets.numel() - 1;
  const Products products(columns_of(x, distance), distance == SearchlightDistance::correlation, noise);
  const double fold_count = folds ? static_cast<double>(x.size(0)) : 1;
  const auto *offset = neighbourhoods.offsets.const_data_ptr<std::int64_t>(),
             *place = neighbourhoods.places.const_data_ptr<std::int64_t>();

  // Models are ranked once, without the pairs that no comparison will have.
  at::Tensor missing = models.isnan().any(0), ranked = models;
  if (control) missing = missing | control->isnan().any(0);
  at::Tensor kept;
  if (missing.any().item<bool>()) kept = at::nonzero(missing.logical_not()).flatten();
  const bool ranks = method == Comparison::spearman && !control;
  if (ranks) ranked = stats::average_ranks(kept.defined() ? models.index_select(1, kept) : models);
  const auto compared = [&](at::Tensor rows) {
    if (control) return compare_partial(rows, models, *control, method == Comparison::spearman);
    if (!ranks || rows.isnan().any().item<bool>()) return compare(rows, models, method);
    if (kept.defined()) rows = rows.index_select(1, kept);
    return compare(stats::average_ranks(rows), ranked, Comparison::pearson);
  };

  const bool every_pair = is_whitened(method) || is_of_moments(method);
  at::Tensor similarity = at::empty({centres, models.size(0)}, at::kDouble);
  Progress progress("searchlight", centres);
  const std::int64_t blocks = (centres + kBlock - 1) / kBlock;
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    Workspace work;
    const at::Tensor rdms = at::empty({kBlock, pairs}, at::kDouble);
    for (std::int64_t block = begin; block < end; ++block) {
      interrupt::check();
      const std::int64_t first = block * kBlock, count = std::min(kBlock, centres - first);
      for (std::int64_t k = 0; k < count; ++k) {
        const std::int64_t from = offset[first + k], size = offset[first + k + 1] - from;
        products.gather(place + from, size, work);
        write_distances(work, n, static_cast<double>(size), fold_count, distance,
                        rdms.mutable_data_ptr<double>() + k * pairs);
      }
      const at::Tensor rows = rdms.slice(0, 0, count), complete = rows.isnan().any(1).logical_not();
      at::Tensor to = similarity.slice(0, first, first + count);
      if (complete.all().item<bool>()) {
        to.copy_(compared(rows));
      } else {
        for (std::int64_t k = 0; k < count; ++k) {
          const bool comparable = complete[k].item<bool>() || !(every_pair || rows[k].isnan().all().item<bool>());
          if (comparable) to[k].copy_(compared(rows.slice(0, k, k + 1))[0]);
          else to[k].fill_(std::numeric_limits<double>::quiet_NaN());
        }
      }
      progress.advance(count);
    }
  });
  return similarity;
}

}  // namespace brain::rsa
