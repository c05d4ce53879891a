#include "data/simulate_eeg.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/philox.h"
#include "core/progress.h"
#include "data/simulate_network.h"
#include "io/npy.h"
#include "io/tensor.h"

namespace brain::data {

namespace {

using Index = std::int64_t;
constexpr auto C = static_cast<std::size_t>(kEegChannels), T = static_cast<std::size_t>(kEegTimes);
constexpr std::size_t kAll = static_cast<std::size_t>(kStages * kComponents);
constexpr std::uint64_t kSharedStream = std::uint64_t{3} << 40, kSubjectStream = std::uint64_t{4} << 40,
                        kTrialStream = std::uint64_t{5} << 40;
constexpr double kGainSd = 0.2;

struct Place {
  double x, y;  // on the unit disc of the head: right, front
};
// The 10-10 places of the channels below, to two digits.
constexpr std::array<Place, 17> kPlaces{{{0, -.4},
                                         {-.36, -.43},
                                         {-.73, -.53},
                                         {-.28, -.86},
                                         {0, -.9},
                                         {.28, -.86},
                                         {.36, -.43},
                                         {.73, -.53},
                                         {-.18, -.41},
                                         {-.55, -.47},
                                         {-.53, -.73},
                                         {-.27, -.66},
                                         {0, -.65},
                                         {.27, -.66},
                                         {.53, -.73},
                                         {.55, -.47},
                                         {.18, -.41}}};

struct Stage {
  double from, to, width, side,
      spread;  // s, s, s; the places where the topography is strongest, (+-side, -0.75)
};
constexpr std::array<Stage, 3> kStagesOverTime{
    {{0.085, 0.12, 0.014, 0.1, 0.45}, {0.13, 0.17, 0.022, 0.3, 0.5}, {0.17, 0.29, 0.045, 0.6, 0.6}}};

double bell(double x) { return std::exp(-x * x / 2); }

// Nothing before 40 ms, a bump, an undershoot of half its height.
double time_course(double t, double latency, double width) {
  const double onset = std::clamp((t - 0.04) / 0.02, 0.0, 1.0);
  return onset * onset * (3 - 2 * onset) *
         (bell((t - latency) / width) - 0.45 * bell((t - latency - 2.4 * width) / (1.5 * width)));
}

double stage_weight(const Stage& stage, Place p) {
  const auto to = [&](double side) { return std::hypot(p.x - side, p.y + 0.75) / stage.spread; };
  return std::max(bell(to(stage.side)), bell(to(-stage.side)));
}

// Lower Cholesky factor of exp(-d^2 / 2 reach^2) over the channels with `own` added to the diagonal, rows of
// unit norm: what it makes of independent normals has variance 1 and is alike at near places.
std::array<double, C * C> smooth_mixing(double reach, double own) {
  std::array<double, C * C> l{};
  for (std::size_t i = 0; i < C; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = bell(std::hypot(kPlaces[i].x - kPlaces[j].x, kPlaces[i].y - kPlaces[j].y) / reach) +
                   (i == j ? own : 0);
      for (std::size_t k = 0; k < j; ++k) sum -= l[i * C + k] * l[j * C + k];
      l[i * C + j] = i == j ? std::sqrt(sum) : sum / l[j * C + j];
    }
  const double scale = 1 / std::sqrt(1 + own);
  for (double& value : l) value *= scale;
  return l;
}

// 1/f noise: the sum of first-order processes x(t) = a x(t - 1) + sqrt(1 - a^2) w(t) of one drive w.
constexpr std::size_t kProcesses = 3;
constexpr std::array<double, kProcesses> kMemory{0.3, 0.8, 0.97}, kShare{0.8, 0.6, 0.7};

double process_covariance(std::size_t j, std::size_t k) {
  return std::sqrt((1 - kMemory[j] * kMemory[j]) * (1 - kMemory[k] * kMemory[k])) /
         (1 - kMemory[j] * kMemory[k]);
}

double pink_covariance(std::size_t lag) {  // of the sum, before it is scaled to variance 1
  double sum = 0;
  for (std::size_t j = 0; j < kProcesses; ++j)
    for (std::size_t k = 0; k < kProcesses; ++k)
      sum +=
          kShare[j] * kShare[k] * process_covariance(j, k) * std::pow(kMemory[k], static_cast<double>(lag));
  return sum;
}

// Variance over trials of x(t) minus its mean before onset, for a stationary x of this covariance.
template <class Covariance>
std::array<double, T> baseline_corrected(const Covariance& covariance) {
  constexpr std::size_t n = kEegOnset;
  std::array<double, T> variance;
  double within = 0;
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b) within += covariance(a > b ? a - b : b - a);
  for (std::size_t t = 0; t < T; ++t) {
    double across = 0;
    for (std::size_t a = 0; a < n; ++a) across += covariance(a > t ? a - t : t - a);
    variance[t] = covariance(0) - 2 * across / n + within / (n * n);
  }
  return variance;
}

// Normal numbers in single precision, two from two draws (Box and Muller, 1958).
class Normals {
 public:
  Normals(std::uint64_t seed, std::uint64_t index) : draws_(seed, index) {}
  float operator()() {
    if (spare_there_) {
      spare_there_ = false;
      return spare_;
    }
    const float u = (static_cast<float>(draws_.next() >> 8) + 0.5f) * 0x1p-24f,
                v = static_cast<float>(draws_.next() >> 8) * 0x1p-24f;
    const float radius = std::sqrt(-2 * std::log(u)), angle = 2 * std::numbers::pi_v<float> * v;
    spare_ = radius * std::sin(angle);
    spare_there_ = true;
    return radius * std::cos(angle);
  }

 private:
  Philox draws_;
  float spare_ = 0;
  bool spare_there_ = false;
};

void check_responses(const at::Tensor& responses) {
  if (responses.dim() != 3 || responses.size(1) != kEegChannels || responses.size(2) != kEegTimes ||
      responses.scalar_type() != at::kFloat)
    fail("simulated EEG: expected responses as float32 [n, 17, 100], got ", responses.sizes());
}

}  // namespace

const std::array<std::string_view, 17>& eeg_channels() {
  static constexpr std::array<std::string_view, 17> names{"Pz",  "P3",  "P7",  "O1", "Oz",  "O2",
                                                          "P4",  "P8",  "P1",  "P5", "PO7", "PO3",
                                                          "POz", "PO4", "PO8", "P6", "P2"};
  return names;
}

std::vector<double> eeg_times() {
  std::vector<double> times;
  for (Index i = 0; i < kEegTimes; ++i) times.push_back(static_cast<double>(i - kEegOnset) / 100);
  return times;
}

SimulatedSubject::SimulatedSubject(const SubjectOptions& options)
    : options_(options), basis_(kAll * C * T), evoked_(C * T), mixing_(C * C) {
  if (options.signal < 0 || options.noise < 0 || options.shared < 0 || options.shared > 1)
    fail("simulated EEG: expected signal and noise of at least 0 and shared from 0 to 1, got ",
         options.signal, ", ", options.noise, ", ", options.shared);
  Philox common(options.seed, kSharedStream),
      own(options.seed, kSubjectStream + static_cast<std::uint64_t>(options.subject));
  const std::vector<double> times = eeg_times();
  const auto topography = smooth_mixing(0.35, 0.05);
  const auto smooth = [&](Philox& draws, std::array<double, C>& out) {
    std::array<double, C> z;
    for (double& value : z) value = draws.normal();
    for (std::size_t i = 0; i < C; ++i) {
      out[i] = 0;
      for (std::size_t j = 0; j <= i; ++j) out[i] += topography[i * C + j] * z[j];
    }
  };
  for (std::size_t s = 0; s < kStagesOverTime.size(); ++s) {
    const Stage& stage = kStagesOverTime[s];
    const double late = 0.006 * own.normal();
    std::array<double, T> power{}, course{};
    for (std::size_t k = 0; k < static_cast<std::size_t>(kComponents); ++k) {
      std::array<double, C> shared, individual;
      smooth(common, shared);
      smooth(own, individual);
      const double latency = stage.from + (stage.to - stage.from) * common.uniform() + late;
      const double variance = component_variance(static_cast<Index>(k));
      float* basis = &basis_[(s * kComponents + k) * C * T];
      for (std::size_t c = 0; c < C; ++c) {
        const double weight =
            stage_weight(stage, kPlaces[c]) *
            (std::sqrt(options.shared) * shared[c] + std::sqrt(1 - options.shared) * individual[c]);
        for (std::size_t t = 0; t < T; ++t) {
          const double value = weight * time_course(times[t], latency, stage.width);
          basis[c * T + t] = static_cast<float>(value);
          power[t] += variance * value * value / C;
          course[t] += std::sqrt(variance) * std::abs(value);
        }
      }
    }
    const double peak = std::sqrt(*std::max_element(power.begin(), power.end()));
    latencies_[s] =
        times[static_cast<std::size_t>(std::max_element(course.begin(), course.end()) - course.begin())];
    for (std::size_t i = s * kComponents * C * T; i < (s + 1) * kComponents * C * T; ++i)
      basis_[i] *= static_cast<float>(options.signal * options.noise / peak);
  }
  const double p1 = 0.1 + 0.005 * own.normal(), n1 = 0.16 + 0.006 * own.normal(),
               p2 = 0.24 + 0.01 * own.normal();
  for (std::size_t c = 0; c < C; ++c) {
    const double early = stage_weight(kStagesOverTime[0], kPlaces[c]),
                 late = stage_weight(kStagesOverTime[2], kPlaces[c]);
    for (std::size_t t = 0; t < T; ++t)
      evoked_[c * T + t] =
          static_cast<float>(options.noise * (0.6 * early * time_course(times[t], p1, 0.015) -
                                              0.7 * late * time_course(times[t], n1, 0.02) +
                                              0.4 * late * time_course(times[t], p2, 0.04)));
    alpha_[c] = static_cast<float>(0.55 * bell(std::hypot(kPlaces[c].x, kPlaces[c].y + 0.7) / 0.6));
  }
  alpha_hertz_ = 10 + 0.7 * own.normal();
  const auto mixing = smooth_mixing(0.2, 0.6);
  std::copy(mixing.begin(), mixing.end(), mixing_.begin());
}

at::Tensor SimulatedSubject::responses(const at::Tensor& components) const {
  if (components.dim() != 2 || components.size(1) != static_cast<Index>(kAll) ||
      components.scalar_type() != at::kFloat)
    fail("simulated EEG: expected components as float32 [n, ", kAll, "], got ", components.sizes());
  const at::Tensor rows = components.contiguous();
  at::Tensor result = at::zeros({rows.size(0), kEegChannels, kEegTimes}, at::kFloat);
  const float* in = rows.const_data_ptr<float>();
  auto* out = result.mutable_data_ptr<float>();
  at::parallel_for(0, rows.size(0), 16, [&](Index begin, Index end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      for (std::size_t k = 0; k < kAll; ++k) {
        const float amount = in[i * kAll + k];
        const float* basis = &basis_[k * C * T];
        float* row = out + i * C * T;
        for (std::size_t j = 0; j < C * T; ++j) row[j] += amount * basis[j];
      }
  });
  return result;
}

// One trial's noise [channels, times], before the baseline is subtracted.
void SimulatedSubject::noise_trial(std::uint64_t index, float* out) const {
  Normals normal(
      options_.seed,
      kTrialStream + static_cast<std::uint64_t>(options_.subject) * (std::uint64_t{1} << 32) + index);
  static const auto start = [] {  // Cholesky factor of the processes' stationary covariance
    std::array<float, kProcesses * kProcesses> l{};
    for (std::size_t i = 0; i < kProcesses; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = process_covariance(i, j);
        for (std::size_t k = 0; k < j; ++k)
          sum -= static_cast<double>(l[i * kProcesses + k]) * l[j * kProcesses + k];
        l[i * kProcesses + j] =
            static_cast<float>(i == j ? std::sqrt(std::max(sum, 0.0)) : sum / l[j * kProcesses + j]);
      }
    return l;
  }();
  const auto scale = static_cast<float>(1 / std::sqrt(pink_covariance(0)));
  std::array<float, kProcesses> memory, drive, share;
  for (std::size_t j = 0; j < kProcesses; ++j) {
    memory[j] = static_cast<float>(kMemory[j]);
    drive[j] = static_cast<float>(std::sqrt(1 - kMemory[j] * kMemory[j]));
    share[j] = static_cast<float>(kShare[j]) * scale;
  }
  std::array<float, C * T> sources;
  for (std::size_t c = 0; c < C; ++c) {
    std::array<float, kProcesses> z, x{};
    for (float& value : z) value = normal();
    for (std::size_t j = 0; j < kProcesses; ++j)
      for (std::size_t k = 0; k <= j; ++k) x[j] += start[j * kProcesses + k] * z[k];
    for (std::size_t t = 0; t < T; ++t) {
      if (t > 0) {
        const float w = normal();
        for (std::size_t j = 0; j < kProcesses; ++j) x[j] = memory[j] * x[j] + drive[j] * w;
      }
      sources[c * T + t] = share[0] * x[0] + share[1] * x[1] + share[2] * x[2];
    }
  }
  std::array<float, T> rhythm;
  const float a = normal(), b = normal();
  for (std::size_t t = 0; t < T; ++t) {
    const auto phase = static_cast<float>(2 * std::numbers::pi * alpha_hertz_ * static_cast<double>(t) / 100);
    rhythm[t] = a * std::cos(phase) + b * std::sin(phase);
  }
  for (std::size_t c = 0; c < C; ++c) {
    const float rest = std::sqrt(1 - alpha_[c] * alpha_[c]);
    float* row = out + c * T;
    for (std::size_t t = 0; t < T; ++t) row[t] = alpha_[c] * rhythm[t];
    for (std::size_t k = 0; k <= c; ++k) {
      const float weight = rest * mixing_[c * C + k];
      for (std::size_t t = 0; t < T; ++t) row[t] += weight * sources[k * T + t];
    }
  }
}

at::Tensor SimulatedSubject::trials(const at::Tensor& responses, Index repetitions,
                                    std::uint64_t stream) const {
  check_responses(responses);
  if (repetitions < 1) fail("simulated EEG: expected at least one repetition, got ", repetitions);
  const at::Tensor rows = responses.contiguous();
  at::Tensor result = at::empty({rows.size(0), repetitions, kEegChannels, kEegTimes}, at::kFloat);
  const float* clean = rows.const_data_ptr<float>();
  auto* out = result.mutable_data_ptr<float>();
  const auto level = static_cast<float>(options_.noise);
  Progress progress("simulated EEG", rows.size(0) * repetitions, "trials");
  at::parallel_for(0, rows.size(0) * repetitions, 16, [&](Index begin, Index end) {
    for (Index trial = begin; trial < end; ++trial) {
      interrupt::check();
      const std::uint64_t index = (stream << 28) + static_cast<std::uint64_t>(trial);
      float* values = out + trial * static_cast<Index>(C * T);
      const float* response = clean + trial / repetitions * static_cast<Index>(C * T);
      noise_trial(index, values);
      Philox draws(
          options_.seed,
          kTrialStream * 2 + static_cast<std::uint64_t>(options_.subject) * (std::uint64_t{1} << 32) + index);
      const auto gain = static_cast<float>(std::max(0.2, 1 + kGainSd * draws.normal()));
      for (std::size_t c = 0; c < C; ++c) {
        float before = 0;
        for (std::size_t t = 0; t < T; ++t) {
          float& value = values[c * T + t];
          value = level * value + gain * (response[c * T + t] + evoked_[c * T + t]);
          if (t < static_cast<std::size_t>(kEegOnset)) before += value / kEegOnset;
        }
        for (std::size_t t = 0; t < T; ++t) values[c * T + t] -= before;
      }
      progress.advance();
    }
  });
  return result;
}

at::Tensor SimulatedSubject::reliability(const at::Tensor& responses, Index repetitions) const {
  check_responses(responses);
  const at::Tensor wide = responses.to(at::kDouble);
  const at::Tensor variance = wide.var(0, /*unbiased=*/false);
  const at::Tensor evoked =
      at::tensor(at::ArrayRef<float>(evoked_)).view({kEegChannels, kEegTimes}).to(at::kDouble);
  const at::Tensor gain = kGainSd * kGainSd * (wide + evoked).square().mean(0);
  const double total = pink_covariance(0);
  const auto pink = baseline_corrected([&](std::size_t lag) { return pink_covariance(lag) / total; });
  const auto rhythm = baseline_corrected([&](std::size_t lag) {
    return std::cos(2 * std::numbers::pi * alpha_hertz_ * static_cast<double>(lag) / 100);
  });
  at::Tensor noise = at::empty({kEegChannels, kEegTimes}, at::kDouble);
  auto* out = noise.mutable_data_ptr<double>();
  for (std::size_t c = 0; c < C; ++c)
    for (std::size_t t = 0; t < T; ++t) {
      const double alpha = static_cast<double>(alpha_[c]) * alpha_[c];
      out[c * T + t] = options_.noise * options_.noise * ((1 - alpha) * pink[t] + alpha * rhythm[t]);
    }
  return variance / (variance + (noise + gain) / static_cast<double>(repetitions)).clamp_min(1e-300);
}

void write_things_eeg2(const std::string& path, const at::Tensor& trials) {
  io::Dict dict;
  dict.put("preprocessed_eeg_data", io::Value::of(io::array_of(trials, path)));
  io::List names;
  for (const std::string_view name : eeg_channels()) names.items.push_back(io::text(name));
  dict.put("ch_names", io::Value::of(std::move(names)));
  dict.put("times", io::Value::of(io::array_of(at::tensor(eeg_times(), at::kDouble), path)));
  io::write_npy(path, io::Value::of(std::move(dict)), /*allow_pickle=*/true);
}

}  // namespace brain::data
