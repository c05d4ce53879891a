#include "stats/gsn.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"

namespace brain::stats {

namespace {

// Conditions in the order of NumPy's RandomState(seed).random(n): argsort of 53-bit uniforms.
at::Tensor held_out_order(std::int64_t n, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<double> draws(static_cast<std::size_t>(n));
  for (double& draw : draws) {
    const auto high = static_cast<double>(generator() >> 5), low = static_cast<double>(generator() >> 6);
    draw = (high * 67108864 + low) / 9007199254740992;
  }
  std::vector<std::int64_t> order(draws.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return draws[a] < draws[b]; });
  return at::tensor(order, at::kLong);
}

at::Tensor covariance_of_rows(const at::Tensor& x) {
  const at::Tensor centred = x - x.mean(0, /*keepdim=*/true);
  return centred.t().matmul(centred) / static_cast<double>(x.size(0) - 1);
}

// The mean over conditions of the covariance over trials.
at::Tensor noise_covariance(const at::Tensor& trials) {
  const std::int64_t c = trials.size(0), t = trials.size(1), units = trials.size(2);
  const at::Tensor deviations = (trials - trials.mean(1, /*keepdim=*/true)).reshape({c * t, units});
  return deviations.t().matmul(deviations) / static_cast<double>(c * (t - 1));
}

// Mean negative log-likelihood of points [k, units] (less their mean) under c with each share of its covariances
// off the diagonal kept. With c = D R D the eigenvectors of R serve all shares: its eigenvalues become
// share * value + 1 - share. NaN where that is not positive definite.
at::Tensor likelihoods(const at::Tensor& c, const at::Tensor& points, const at::Tensor& shares) {
  const at::Tensor deviation = c.diagonal().sqrt();
  if (!(deviation.min().item<double>() > 0))
    fail("gsn: expected units that vary, and unit ", deviation.argmin().item<std::int64_t>(), " does not");
  const auto [values, vectors] = at::linalg_eigh(c / at::outer(deviation, deviation));
  const at::Tensor squares = (points / deviation).matmul(vectors).square().mean(0);
  const double constant = deviation.log().sum().item<double>() +
                          0.5 * static_cast<double>(c.size(0)) * std::log(2 * M_PI);
  at::Tensor result = at::empty_like(shares);
  for (std::int64_t k = 0; k < shares.size(0); ++k) {
    const double share = shares[k].item<double>();
    const at::Tensor of_share = values * share + (1 - share);
    const bool singular = !(of_share.min().item<double>() > 1e-13 * of_share.max().item<double>());
    result[k] = singular ? std::numeric_limits<double>::quiet_NaN()
                         : (0.5 * (squares / of_share).sum() + 0.5 * of_share.log().sum()).item<double>() + constant;
  }
  return result;
}

double best_share(const at::Tensor& likelihood, const at::Tensor& shares) {
  if (likelihood.isnan().all().item<bool>()) fail("gsn: no likelihood is finite");
  return shares[likelihood.nan_to_num(std::numeric_limits<double>::infinity()).argmin()].item<double>();
}

at::Tensor shrunk(const at::Tensor& c, double share) {
  at::Tensor result = c * share;
  result.diagonal().copy_(c.diagonal());
  return result;
}

double alike(const at::Tensor& a, const at::Tensor& b) {
  return at::corrcoef(at::stack({a.flatten(), b.flatten()}))[0][1].item<double>();
}

void check(const at::Tensor& trials, const char* function, std::int64_t least) {
  if (trials.dim() != 3 || trials.size(0) < least || trials.size(1) < 2 || trials.size(2) < 1)
    fail(function, ": expected trials [conditions, trials, units] of at least ", least,
         " conditions and 2 trials, got ", trials.sizes());
  if (!at::isfinite(trials).all().item<bool>())
    fail(function, ": expected as many trials of every condition, got NaN or infinite numbers among them");
}

}  // namespace

at::Tensor nearest_positive(const at::Tensor& c) {
  at::Tensor now = (c + c.t()) / 2;
  const auto factorises = [](const at::Tensor& m) {
    return std::get<1>(at::linalg_cholesky_ex(m)).item<std::int64_t>() == 0;
  };
  while (!factorises(now)) {
    const auto [values, vectors] = at::linalg_eigh(now);
    now = (vectors * values.clamp_min(0)).matmul(vectors.t());
    now = (now + now.t()) / 2;
    if (factorises(now)) break;
    now.diagonal().add_(1e-10);
    interrupt::check();
  }
  return now;
}

at::Tensor ncsnr(const at::Tensor& given) {
  const c10::NoGradGuard no_grad;
  check(given, "ncsnr", 2);
  const at::Tensor trials = given.to(at::kDouble), noise = trials.var(1, /*unbiased=*/true).mean(0);
  const at::Tensor signal = trials.mean(1).var(0, /*unbiased=*/true) - noise / static_cast<double>(trials.size(1));
  return at::where(noise > 0, (signal.clamp_min(0) / noise).sqrt(), 0.0);
}

Gsn gsn(const at::Tensor& given, GsnVariant variant, std::uint32_t seed) {
  const c10::NoGradGuard no_grad;
  check(given, "gsn", 5);
  const at::Tensor trials = given.to(at::kDouble), averages = trials.mean(1);
  const std::int64_t c = trials.size(0), t = trials.size(1), units = trials.size(2);
  const auto fifth = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(c) / 5));
  const at::Tensor order = held_out_order(c, seed).to(trials.device());
  const at::Tensor tested = order.slice(0, 0, fifth), trained = order.slice(0, fifth);
  const at::Tensor shares = at::arange(51, at::kDouble) / 50;

  Gsn result;
  result.trials = t;
  const at::Tensor noise_points = trials.index_select(0, tested);
  result.noise_likelihood = likelihoods(noise_covariance(trials.index_select(0, trained)),
                                        (noise_points - noise_points.mean(1, true)).reshape({-1, units}), shares);
  interrupt::check();
  const at::Tensor of_training = averages.index_select(0, trained);
  result.data_likelihood = likelihoods(covariance_of_rows(of_training),
                                       averages.index_select(0, tested) - of_training.mean(0, true), shares);
  result.noise_shrinkage = best_share(result.noise_likelihood, shares);
  result.data_shrinkage = best_share(result.data_likelihood, shares);

  const at::Tensor noise = shrunk(noise_covariance(trials), result.noise_shrinkage);
  const at::Tensor data = shrunk(covariance_of_rows(averages), result.data_shrinkage);
  const at::Tensor signal = data - noise / static_cast<double>(t);
  result.signal_mean = averages.mean(0);
  result.data_covariance = data, result.raw_noise_covariance = noise, result.raw_signal_covariance = signal;
  result.ncsnr = ncsnr(trials);
  result.iterations = 0;
  if (variant == GsnVariant::nearest) {
    result.noise_covariance = nearest_positive(noise);
    result.signal_covariance = nearest_positive(signal);
    return result;
  }
  const auto n = static_cast<double>(c), r = static_cast<double>(t);
  const double whole = n * r * r * (r - 1) + n - 1, weight_noise = n * (r - 1) * r * r / whole,
               weight_rest = (n - 1) / whole;
  at::Tensor old_signal = signal, old_noise = noise;
  for (;; ++result.iterations) {
    interrupt::check();
    result.signal_covariance = nearest_positive(data - old_noise / r);
    result.noise_covariance =
        nearest_positive(weight_noise * noise + weight_rest * r * (data - result.signal_covariance));
    const bool settled = units == 1 ? (old_signal - result.signal_covariance).abs().item<double>() < 1e-5 &&
                                          (old_noise - result.noise_covariance).abs().item<double>() < 1e-5
                                    : alike(old_signal, result.signal_covariance) > 0.999 &&
                                          alike(old_noise, result.noise_covariance) > 0.999;
    if (settled || result.iterations == 1000) return result;
    old_signal = result.signal_covariance, old_noise = result.noise_covariance;
  }
}

}  // namespace brain::stats
