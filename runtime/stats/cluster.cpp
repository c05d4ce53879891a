#include "stats/cluster.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "stats/distribution.h"
#include "stats/sign_flips.h"

namespace brain::stats {

namespace {

// Calls found(series, first, last, mass) for the runs of t [series, times] beyond the thresholds.
template <class Found>
void runs(const double* t, std::int64_t series, std::int64_t times, double above, double below, Found found) {
  for (std::int64_t s = 0; s < series; ++s) {
    const double* row = t + s * times;
    auto side = [&](double v) { return v > above ? 1 : v < below ? -1 : 0; };
    for (std::int64_t first = 0, last; first < times; first = last) {
      const int sign = side(row[first]);
      double mass = row[first];
      for (last = first + 1; last < times && side(row[last]) == sign; ++last)
        mass += row[last];
      if (sign) found(s, first, last - 1, mass);
    }
  }
}

void check_shape(const at::Tensor& x) {
  if (x.dim() != 3 || x.size(0) < 2 || x.size(1) < 1 || x.size(2) < 1)
    fail("cluster_permutation: expected (subjects, series, times) of at least 2 subjects, got ", x.sizes());
  if (!x.isfinite().all().item<bool>()) fail("cluster_permutation: the data hold NaN or infinity");
}

}  // namespace

Thresholds thresholds(const ClusterOptions& o, std::int64_t subjects) {
  if (!(o.threshold > 0 && o.threshold < 1))
    fail("cluster_permutation: threshold: expected a p between 0 and 1, got ", o.threshold);
  if (o.permutations < 1)
    fail("cluster_permutation: permutations: expected at least 1, got ", o.permutations);
  const double limit = student_t_quantile_above(o.tail == Tail::two ? o.threshold / 2 : o.threshold,
                                                static_cast<double>(subjects - 1));
  return {o.tail == Tail::less ? INFINITY : limit, o.tail == Tail::greater ? -INFINITY : -limit};
}

ClusterResult cluster_signflip(const at::Tensor& differences, const ClusterOptions& options) {
  check_shape(differences);
  const at::Tensor x = differences.detach().to(at::kCPU, at::kDouble).contiguous();
  const std::int64_t n = x.size(0), series = x.size(1), times = x.size(2);
  const auto [above, below] = thresholds(options, n);
  const at::Tensor d = x.view({n, -1});
  ClusterResult result;
  result.t = observed_t(d).view({series, times});
  runs(result.t.const_data_ptr<double>(), series, times, above, below,
       [&](auto s, auto first, auto last, double mass) {
         result.clusters.push_back({s, first, last, mass, 1});
       });
  const SignFlips flips(n, options.permutations, options.seed);
  result.exact = flips.exact;
  result.permutations = flips.count;
  if (result.clusters.empty()) return result;
  const auto null = flipped(d, flips, [&](const double* t) {
    double largest = 0;
    runs(t, series, times, above, below,
         [&](auto, auto, auto, double mass) { largest = std::max(largest, std::fabs(mass)); });
    return largest;
  });
  for (auto& cluster : result.clusters)
    cluster.p = flips.p(null, std::fabs(cluster.mass));
  return result;
}

ClusterResult cluster_neurora(const at::Tensor& a, const at::Tensor& b, const ClusterOptions& options) {
  check_shape(a);
  check_shape(b);
  if (a.sizes() != b.sizes())
    fail("cluster_permutation: expected equal shapes, got ", a.sizes(), " and ", b.sizes());
  const at::Tensor x = a.detach().to(at::kCPU, at::kDouble).contiguous(),
                   y = b.detach().to(at::kCPU, at::kDouble).contiguous();
  const std::int64_t n = x.size(0), series = x.size(1), times = x.size(2), points = series * times;
  const auto [above, below] = thresholds(options, n);
  const at::Tensor d = (x - y).view({n, -1});
  ClusterResult result;
  result.exact = false;
  result.permutations = options.permutations;
  result.t = observed_t(d).view({series, times});
  runs(result.t.const_data_ptr<double>(), series, times, above, below,
       [&](auto s, auto first, auto last, double mass) {
         if (last > first) result.clusters.push_back({s, first, last, mass, 1});
       });
  auto& clusters = result.clusters;
  // [iteration, cluster]: the null of its series and side.
  std::vector<double> null(static_cast<std::size_t>(result.permutations) * clusters.size());
  const auto *px = x.const_data_ptr<double>(), *py = y.const_data_ptr<double>();
  at::parallel_for(
      0, clusters.empty() ? 0 : result.permutations, 8, [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> pool(static_cast<std::size_t>(2 * n)), masses(clusters.size());
        for (std::int64_t iteration = begin; iteration < end; ++iteration) {
          interrupt::check();
          Philox draws(options.seed, static_cast<std::uint64_t>(iteration));
          for (std::size_t c = 0; c < clusters.size(); ++c) {
            masses[c] = 0;
            for (std::int64_t time = clusters[c].first; time <= clusters[c].last; ++time) {
              const std::int64_t point = clusters[c].series * times + time;
              for (std::int64_t k = 0; k < n; ++k)
                pool[k] = px[k * points + point], pool[n + k] = py[k * points + point];
              for (std::int64_t k = 2 * n - 1; k > 0; --k)
                std::swap(pool[k], pool[draws.below(static_cast<std::uint64_t>(k) + 1)]);
              double sum = 0, square = 0;
              for (std::int64_t k = 0; k < n; ++k) {
                const double difference = pool[k] - pool[n + k];
                sum += difference;
                square += difference * difference;
              }
              const double size = static_cast<double>(n), mean = sum / size;
              const double variance = (square - size * mean * mean) / (size - 1);
              masses[c] += mean == 0 ? 0 : mean / std::sqrt(std::max(variance, 0.0) / size);
            }
          }
          for (std::size_t c = 0; c < clusters.size(); ++c) {
            const double side = clusters[c].mass > 0 ? 1 : -1;
            double most = -INFINITY;
            for (std::size_t other = 0; other < clusters.size(); ++other) {
              if (clusters[other].series == clusters[c].series && clusters[other].mass * side > 0)
                most = std::max(most, side * masses[other]);
            }
            null[iteration * clusters.size() + c] = most;
          }
        }
      });
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    std::int64_t reached = 0;
    for (std::int64_t iteration = 0; iteration < result.permutations; ++iteration)
      reached += null[iteration * clusters.size() + c] >= std::fabs(clusters[c].mass);
    clusters[c].p = static_cast<double>(reached) / static_cast<double>(result.permutations);
  }
  return result;
}

}  // namespace brain::stats
