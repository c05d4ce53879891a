#include "rsa/gsn_ceiling.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "rsa/compare.h"
#include "rsa/rdm.h"

namespace brain::rsa {

namespace {

using List = std::vector<std::int64_t>;
constexpr std::int64_t kChunk = 50, kMost = 1000;
constexpr int kScales = 21;

// F with F F' = c, [units, rank].
at::Tensor factor(const at::Tensor& c) {
  const auto [values, vectors] = at::linalg_eigh(c);
  return vectors * values.clamp_min(0).sqrt();
}

at::Tensor draw(Philox& philox, std::int64_t rows, std::int64_t columns) {
  at::Tensor x = at::empty({rows, columns}, at::kDouble);
  auto* out = x.mutable_data_ptr<double>();
  for (std::int64_t k = 0; k < x.numel(); ++k)
    out[k] = philox.normal();
  return x;
}

at::Tensor pattern_rdm(const at::Tensor& x) { return rdm(x, Distance::correlation).unsqueeze(0); }

double similarity(const at::Tensor& a, const at::Tensor& b) {
  const double r = compare(a, b, Comparison::pearson).item<double>();
  return std::isnan(r) ? 0 : r;
}

double median_of(const at::Tensor& x) { return x.quantile(at::full({}, 0.5, at::kDouble)).item<double>(); }

// Whether medians of n numbers are known well enough: 10 times their error.
bool settled(const at::Tensor& x) {
  const double quarters = x.quantile(at::full({}, 0.75, at::kDouble)).item<double>() -
                          x.quantile(at::full({}, 0.25, at::kDouble)).item<double>();
  return std::fabs(median_of(x)) > 10 * quarters / 2 / std::sqrt(static_cast<double>(x.numel()));
}

// Both halves of every split of n trials, as lists of trials.
void add_splits(std::int64_t n, List first, std::int64_t next, std::vector<std::pair<List, List>>& splits) {
  const auto half = static_cast<std::size_t>(n / 2);
  if (first.size() < half) {
    for (std::int64_t k = next; k < n; ++k) {
      first.push_back(k);
      add_splits(n, first, k + 1, splits);
      first.pop_back();
    }
    return;
  }
  // The other half from the trials left; each split once, the half with the smaller first trial leading.
  List rest;
  for (std::int64_t k = 0; k < n; ++k) {
    if (std::find(first.begin(), first.end(), k) == first.end()) rest.push_back(k);
  }
  std::vector<bool> chosen(rest.size(), false);
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(half), true);
  do {
    List second;
    for (std::size_t k = 0; k < rest.size(); ++k) {
      if (chosen[k]) second.push_back(rest[k]);
    }
    if (first[0] < second[0]) splits.emplace_back(first, second);
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
}

double data_reliability(const at::Tensor& trials, std::uint64_t seed) {
  const std::int64_t n = trials.size(1), half = n / 2;
  std::vector<std::pair<List, List>> splits;
  if (n <= 8) add_splits(n, {}, 0, splits);
  const bool all = !splits.empty() && splits.size() <= static_cast<std::size_t>(kChunk);
  const auto mean_of = [&](const List& list) { return trials.index_select(1, at::tensor(list, at::kLong)).mean(1); };
  const auto between = [&](const List& a, const List& b) {
    return similarity(pattern_rdm(mean_of(a)), pattern_rdm(mean_of(b)));
  };
  std::vector<double> found;
  if (all) {
    for (const auto& [a, b] : splits)
      found.push_back(between(a, b));
    return median_of(at::tensor(found, at::kDouble));
  }
  do {
    for (std::int64_t k = 0; k < kChunk; ++k) {
      interrupt::check();
      const List order = permutation(seed, found.size(), n);
      const auto middle = order.begin() + half;
      found.push_back(between(List(order.begin(), middle), List(middle, middle + half)));
    }
  } while (!settled(at::tensor(found, at::kDouble)) && static_cast<std::int64_t>(found.size()) < kMost);
  return median_of(at::tensor(found, at::kDouble));
}

// The scale of the signal's covariance at which simulated halves are as reliable as those of the data.
double best_scale(const stats::Gsn& gsn, const at::Tensor& signal, const at::Tensor& noise, double reliability,
                  const GsnCeilingOptions& options) {
  const double of_half = std::sqrt(static_cast<double>(gsn.trials / 2));
  at::Tensor found = at::empty({kMost, kScales}, at::kDouble);
  auto* out = found.mutable_data_ptr<double>();
  std::int64_t count = 0;
  bool enough = false;
  while (!enough) {
    at::parallel_for(count, count + kChunk, 1, [&](std::int64_t begin, std::int64_t end) {
      const c10::NoGradGuard no_grad;
      for (std::int64_t k = begin; k < end; ++k) {
        interrupt::check();
        Philox philox(options.seed, static_cast<std::uint64_t>(2 * k + 1));
        const at::Tensor pattern = draw(philox, options.conditions, signal.size(1)).matmul(signal.t());
        const at::Tensor first = draw(philox, options.conditions, noise.size(1)).matmul(noise.t()) / of_half,
                         second = draw(philox, options.conditions, noise.size(1)).matmul(noise.t()) / of_half;
        for (int scale = 0; scale < kScales; ++scale) {
          const at::Tensor x = gsn.signal_mean + pattern * std::sqrt(0.1 * scale);
          out[k * kScales + scale] = similarity(pattern_rdm(x + first), pattern_rdm(x + second));
        }
      }
    });
    count += kChunk;
    enough = count == kMost || settled(found.slice(0, 0, count).mean(1));
  }
  const at::Tensor medians = found.slice(0, 0, count).quantile(at::full({}, 0.5, at::kDouble), 0);
  return 0.1 * (medians - reliability).abs().argmin().item<double>();
}

}  // namespace

GsnCeiling gsn_ceiling(const at::Tensor& given, const stats::Gsn& gsn, const GsnCeilingOptions& options) {
  const c10::NoGradGuard no_grad;
  if (options.simulations < 1 || options.conditions < 3)
    fail("gsn: expected at least 1 simulation of at least 3 conditions, got ", options.simulations, " of ",
         options.conditions);
  const at::Tensor trials = given.cpu().to(at::kDouble);
  if (trials.size(2) < 3) fail("gsn: an RDM of correlations needs at least 3 units, got ", trials.size(2));
  const at::Tensor signal = factor(gsn.signal_covariance.cpu()), noise = factor(gsn.noise_covariance.cpu());
  GsnCeiling result{};
  result.data_reliability = data_reliability(trials, options.seed);
  result.scale = options.scale ? best_scale(gsn, signal, noise, result.data_reliability, options) : 1;
  result.correlations = at::empty({options.simulations}, at::kDouble);
  auto* out = result.correlations.mutable_data_ptr<double>();
  at::parallel_for(0, options.simulations, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    for (std::int64_t k = begin; k < end; ++k) {
      interrupt::check();
      Philox philox(options.seed, static_cast<std::uint64_t>(2 * k));
      const at::Tensor pattern = draw(philox, options.conditions, signal.size(1)).matmul(signal.t());
      const at::Tensor x = gsn.signal_mean + pattern * std::sqrt(result.scale);
      const at::Tensor y = draw(philox, options.conditions, noise.size(1)).matmul(noise.t()) /
                           std::sqrt(static_cast<double>(gsn.trials));
      out[k] = similarity(pattern_rdm(x), pattern_rdm(x + y));
    }
  });
  result.ceiling = median_of(result.correlations);
  return result;
}

}  // namespace brain::rsa
