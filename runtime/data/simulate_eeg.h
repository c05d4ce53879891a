#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

namespace brain::data {

// The montage and the sampling of THINGS-EEG2's preprocessed files: 17 channels, -0.2 s to 0.79 s at 100 Hz.
inline constexpr std::int64_t kEegChannels = 17, kEegTimes = 100, kEegOnset = 20;
const std::array<std::string_view, 17>& eeg_channels();
std::vector<double> eeg_times();

struct SubjectOptions {
  std::uint64_t seed = 0;
  std::int64_t subject = 1;
  double signal =
      0.35;  // sd over pictures of a stage's response at its peak, mean over channels, in sd of the noise
  double noise = 1;     // sd of one trial's noise, in the whitened units of the real files
  double shared = 0.7;  // share of the topographies' variance that all subjects have in common
};

// One subject whose channels see the components of the hidden network (simulate_network.h). A component c of
// a stage has a topography m (smooth over the scalp, around the occipital pole early, lateral later) and a
// time course k, a bump and an undershoot, at 85 to 120 ms (early), 130 to 170 ms (mid) or 170 to 290 ms
// (late), each a few ms off for each subject. A trial of picture i is
//   gain (sum over c of s(i, c) m(c) k(c) + evoked) + noise, minus its mean before onset,
// gain: normal of mean 1 and sd 0.2, at least 0.2; evoked: the same for all pictures. The noise is Gaussian:
// 1/f (a sum of three first-order processes of one drive), correlated between near channels, and a posterior
// 10-Hz rhythm of random amplitude and phase.
class SimulatedSubject {
 public:
  explicit SimulatedSubject(const SubjectOptions& options);

  // Without evoked response and noise: components float32 [n, kStages * kComponents] -> float32 [n, 17, 100].
  at::Tensor responses(const at::Tensor& components) const;

  // float32 [n, repetitions, 17, 100]; `stream` tells files apart. The same for any number of threads.
  at::Tensor trials(const at::Tensor& responses, std::int64_t repetitions, std::uint64_t stream) const;

  // Share of the variance over pictures in the mean of `repetitions` trials that the responses are, in closed
  // form: float64 [17, 100]; its root is the correlation of that mean with the responses.
  at::Tensor reliability(const at::Tensor& responses, std::int64_t repetitions) const;

  // Seconds from onset where the mean time course of each stage peaks.
  const std::array<double, 3>& latencies() const { return latencies_; }

 private:
  void noise_trial(std::uint64_t index, float* out) const;

  SubjectOptions options_;
  std::vector<float> basis_;   // [components, channels, times]
  std::vector<float> evoked_;  // [channels, times]
  std::vector<float> mixing_;  // [channels, channels]
  std::array<float, 17> alpha_{};
  double alpha_hertz_ = 10;
  std::array<double, 3> latencies_{};
};

// Writes trials as preprocessed_eeg_{training,test}.npy has them (in float32): whole or not at all.
void write_things_eeg2(const std::string& path, const at::Tensor& trials);

}  // namespace brain::data
