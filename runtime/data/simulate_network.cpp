#include "data/simulate_network.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "core/progress.h"

namespace brain::data {

namespace {

constexpr std::int64_t kSide = 64, kGabor = 9, kOrientations = 8, kMid = 64, kLate = 96, kFactorUnits = 128;
constexpr double kFactorShare = 0.6;  // of the late stage's variance
constexpr std::uint64_t kNetworkStream = std::uint64_t{2} << 40;

at::Tensor normal(std::uint64_t seed, std::uint64_t stream, at::IntArrayRef shape) {
  at::Tensor values = at::empty(shape, at::kFloat);
  Philox draws(seed, kNetworkStream + stream);
  auto* out = values.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < values.numel(); ++i) out[i] = static_cast<float>(draws.normal());
  return values;
}

// Even and odd Gabor filters of a wavelength of 5 pixels, without mean and of unit norm: [2 orientations,
// 81].
at::Tensor gabor_bank() {
  at::Tensor bank = at::empty({2 * kOrientations, kGabor * kGabor}, at::kFloat);
  for (std::int64_t i = 0; i < 2 * kOrientations; ++i) {
    const double angle = std::numbers::pi * static_cast<double>(i / 2) / kOrientations;
    auto* out = bank.mutable_data_ptr<float>() + i * kGabor * kGabor;
    for (std::int64_t k = 0; k < kGabor * kGabor; ++k) {
      const double x = static_cast<double>(k % kGabor - kGabor / 2),
                   y = static_cast<double>(k / kGabor - kGabor / 2);
      const double phase = 2 * std::numbers::pi / 5 * (x * std::cos(angle) + y * std::sin(angle));
      out[k] = static_cast<float>(std::exp(-(x * x + y * y) / (2 * 2.0 * 2.0)) *
                                  (i % 2 ? std::sin(phase) : std::cos(phase)));
    }
  }
  bank = bank - bank.mean(1, true);
  return bank / bank.norm(2, 1, true);
}

// Filters over all maps of [maps, h, w] within `side` x `side`: weights [outputs, maps * side * side].
at::Tensor filtered(const at::Tensor& maps, const at::Tensor& weights, std::int64_t side) {
  const at::Tensor columns =
      at::im2col(maps.unsqueeze(0), {side, side}, {1, 1}, {side / 2, side / 2}, {1, 1}).squeeze(0);
  return weights.mm(columns).view({weights.size(0), maps.size(1), maps.size(2)});
}

at::Tensor pooled(const at::Tensor& maps, std::int64_t side) {
  return at::adaptive_avg_pool2d(maps.unsqueeze(0), {side, side}).squeeze(0);
}

// Divided by the local mean over maps and neighbourhood, and a constant.
at::Tensor normalised(const at::Tensor& maps, std::int64_t side, double constant) {
  const at::Tensor local = at::avg_pool2d(maps.mean(0, true).unsqueeze(0), {side, side}, {1, 1},
                                          {side / 2, side / 2}, false, false)
                               .squeeze(0);
  return maps / (local + constant);
}

struct Weights {
  at::Tensor gabor, mid, late, factors;
};

// The three stages of one picture [size, size, 3] as features, one after another.
std::array<at::Tensor, kStages> features(const at::Tensor& picture, const at::Tensor& factors,
                                         const Weights& weights) {
  const at::Tensor colours = picture.permute({2, 0, 1}).to(at::kFloat).contiguous().div_(255);
  const at::Tensor rgb = pooled(colours, std::min(kSide, colours.size(1)));
  const at::Tensor r = rgb[0], g = rgb[1], b = rgb[2];
  const at::Tensor opponent = at::stack({(r + g + b) / 3, r - g, (r + g) / 2 - b});
  std::vector<at::Tensor> energies;
  for (std::int64_t level = 0; level < 3; ++level) {
    const at::Tensor scaled =
        level == 0 ? opponent : pooled(opponent, std::max<std::int64_t>(opponent.size(1) >> level, 8));
    std::vector<at::Tensor> maps;
    for (std::int64_t c = 0; c < 3; ++c) {
      const at::Tensor waves = filtered(scaled[c].unsqueeze(0), weights.gabor, kGabor);
      maps.push_back(
          (waves.slice(0, 0, at::nullopt, 2).square() + waves.slice(0, 1, at::nullopt, 2).square() + 1e-6)
              .sqrt());
    }
    energies.push_back(pooled(normalised(at::cat(maps), 5, 0.05), 16));
  }
  const at::Tensor early = at::cat(energies);
  const at::Tensor mid = normalised(filtered(early, weights.mid, 3).relu(), 3, 0.5);
  const at::Tensor late = normalised(filtered(pooled(mid, 8), weights.late, 3).relu(), 3, 0.5);
  return {at::cat({pooled(early, 8).flatten(), pooled(opponent, 8).flatten()}), pooled(mid, 4).flatten(),
          at::cat({late.mean(at::IntArrayRef{1, 2}), late.amax({1, 2}), weights.factors.mv(factors).relu()})};
}

// Columns to mean 0 and variance 1 over the first `training` rows, in order, so that no thread count shows.
void standardise(at::Tensor& values, std::int64_t training) {
  auto* data = values.mutable_data_ptr<float>();
  const std::int64_t rows = values.size(0), columns = values.size(1);
  for (std::int64_t j = 0; j < columns; ++j) {
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < training; ++i) sum += data[i * columns + j];
    const double mean = sum / static_cast<double>(training);
    for (std::int64_t i = 0; i < training; ++i)
      squares += (data[i * columns + j] - mean) * (data[i * columns + j] - mean);
    const double sd = std::sqrt(squares / static_cast<double>(training));
    for (std::int64_t i = 0; i < rows; ++i)
      data[i * columns + j] = sd > 1e-12 ? static_cast<float>((data[i * columns + j] - mean) / sd) : 0;
  }
}

// Matrix products and factorisations of several threads round differently from those of one.
struct SingleThread {
  SingleThread() { at::set_num_threads(1); }
  ~SingleThread() { at::set_num_threads(before); }
  int before = at::get_num_threads();
};

// The leading principal directions [columns, at most `count`] of centred rows, by subspace iteration from `start`
// (Halko, Martinsson and Tropp, 2011).
at::Tensor principal_directions(const at::Tensor& rows, const at::Tensor& start, std::int64_t count) {
  at::Tensor basis = start;
  for (int round = 0; round < 6; ++round) basis = std::get<0>(at::linalg_qr(rows.t().mm(rows.mm(basis))));
  const at::Tensor reduced = rows.mm(basis);
  const at::Tensor vectors = std::get<1>(at::linalg_eigh(reduced.t().mm(reduced)));  // ascending
  const std::int64_t kept = std::min(count, rows.size(0) - 1);
  return basis.mm(vectors.flip(1).slice(1, 0, kept));
}

}  // namespace

at::Tensor hidden_components(const at::Tensor& pictures, const at::Tensor& factors, std::int64_t training,
                             std::uint64_t seed) {
  const std::int64_t n = pictures.dim() == 4 ? pictures.size(0) : 0;
  if (n == 0 || pictures.size(3) != 3 || pictures.scalar_type() != at::kByte)
    fail("hidden network: expected pictures as uint8 [n, size, size, 3], got ", pictures.sizes());
  if (factors.dim() != 2 || factors.size(0) != n || factors.scalar_type() != at::kFloat)
    fail("hidden network: expected factors as float32 [", n, ", factors], got ", factors.sizes());
  if (training < 2 || training > n)
    fail("hidden network: expected 2 to ", n, " training pictures, got ", training);

  const c10::NoGradGuard no_grad;
  const std::int64_t maps = 9 * kOrientations;
  Weights weights{gabor_bank(), normal(seed, 0, {kMid, maps * 9}), normal(seed, 1, {kLate, kMid * 9}),
                  normal(seed, 2, {kFactorUnits, factors.size(1)})};
  weights.mid = (weights.mid - weights.mid.mean(1, true)) / std::sqrt(static_cast<double>(maps * 9));
  weights.late = (weights.late - weights.late.mean(1, true)) / std::sqrt(static_cast<double>(kMid * 9));

  // One picture at a time within each thread: the operators then run the same code for any number of threads.
  std::array<at::Tensor, kStages> all;
  const auto first = features(pictures[0], factors[0], weights);
  for (std::size_t s = 0; s < kStages; ++s) all[s] = at::empty({n, first[s].size(0)}, at::kFloat);
  Progress progress("hidden network", n, "pictures");
  at::parallel_for(0, n, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad_here;
    for (std::int64_t i = begin; i < end; ++i) {
      interrupt::check();
      const auto one = features(pictures[i], factors[i], weights);
      for (std::size_t s = 0; s < kStages; ++s) all[s][i].copy_(one[s]);
      progress.advance();
    }
  });

  at::Tensor components = at::zeros({n, kStages * kComponents}, at::kFloat);
  const SingleThread single_thread;  // for the same reason
  for (std::int64_t s = 0; s < kStages; ++s) {
    interrupt::check();
    at::Tensor& stage = all[static_cast<std::size_t>(s)];
    standardise(stage, training);
    if (s == kStages - 1) {
      const std::int64_t seen = stage.size(1) - kFactorUnits;
      stage.slice(1, 0, seen).mul_(std::sqrt((1 - kFactorShare) / static_cast<double>(seen)));
      stage.slice(1, seen).mul_(std::sqrt(kFactorShare / static_cast<double>(kFactorUnits)));
    }
    const at::Tensor start = normal(seed, 10 + static_cast<std::uint64_t>(s), {stage.size(1), kComponents + 8});
    const at::Tensor scores = stage.mm(principal_directions(stage.slice(0, 0, training), start, kComponents));
    components.slice(1, s * kComponents, s * kComponents + scores.size(1)).copy_(scores);
  }
  standardise(components, training);
  for (std::int64_t j = 0; j < components.size(1); ++j)
    components.select(1, j).mul_(std::sqrt(component_variance(j % kComponents)));
  return components;
}

}  // namespace brain::data
