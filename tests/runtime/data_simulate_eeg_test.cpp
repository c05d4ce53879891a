#include "data/simulate_eeg.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "data/simulate_network.h"
#include "data/things_eeg2.h"
#include "scratch.h"

using namespace brain::data;
using Catch::Contains;

TEST_CASE("responses are linear in the components, silent before 40 ms, of the size asked for") {
  at::manual_seed(1);
  const SimulatedSubject subject({3, 1, 0.4, 2, 0.7});
  const at::Tensor components =
      at::randn({4000, kStages * kComponents}) / at::arange(1, kComponents + 1).repeat({kStages}).sqrt();
  const at::Tensor clean = subject.responses(components);
  CHECK(clean.slice(2, 0, 25).abs().max().item<float>() == 0);
  CHECK(at::allclose(subject.responses(components * 2), clean * 2));
  // sd over pictures at the peak of the early stage alone: signal * noise
  at::Tensor early = components.clone();
  early.slice(1, kComponents).zero_();
  const double peak = subject.responses(early).to(at::kDouble).var(0).mean(0).max().sqrt().item<double>();
  CHECK(peak == Approx(0.8).epsilon(0.05));
  CHECK_THROWS_WITH(subject.responses(at::zeros({2, 3})), Contains("expected components as float32 [n, 48]"));
  CHECK_THROWS_WITH(SimulatedSubject({3, 1, -1, 2, 0.7}), Contains("at least 0"));
}

TEST_CASE("noise: baseline without mean, near channels alike, a rhythm of 10 Hz, 1/f") {
  const SimulatedSubject subject({3, 2, 0.4, 1, 0.7});
  const at::Tensor trials =
      subject.trials(at::zeros({600, kEegChannels, kEegTimes}), 2, 0).view({1200, 17, 100}).to(at::kDouble);
  CHECK(trials.slice(2, 0, kEegOnset).mean(2).abs().max().item<double>() < 1e-5);
  const at::Tensor noise = trials - trials.mean(0);
  const at::Tensor alike = at::corrcoef(noise.select(2, 60).t());
  CHECK(alike[4][3].item<double>() > alike[4][2].item<double>() + 0.1);  // Oz with O1 more than with P7
  const at::Tensor spectrum =
      at::fft_rfft(noise.slice(2, 0, 100), at::nullopt, 2).abs().square().mean(at::IntArrayRef{0});
  const at::Tensor oz = spectrum[4];  // bins of 1 Hz
  CHECK(oz.slice(0, 8, 13).max().item<double>() >
        4 * oz.slice(0, 14, 19).mean().item<double>());  // 10 Hz, sd 0.7
  CHECK(oz.slice(0, 2, 6).mean().item<double>() > 2 * oz.slice(0, 20, 40).mean().item<double>());
  CHECK(at::equal(subject.trials(at::zeros({2, 17, 100}), 2, 0),
                  trials.slice(0, 0, 4).view({2, 2, 17, 100}).to(at::kFloat)));
  CHECK_FALSE(at::equal(subject.trials(at::zeros({2, 17, 100}), 2, 1),
                        subject.trials(at::zeros({2, 17, 100}), 2, 0)));
}

TEST_CASE("what is written is what the reader reads") {
  const Scratch scratch;
  const SimulatedSubject subject({3, 2, 0.4, 1, 0.7});
  const at::Tensor trials = subject.trials(at::zeros({3, 17, 100}), 2, 0);
  write_things_eeg2(scratch.path("e.npy"), trials);
  std::vector<std::string> channels(eeg_channels().begin(), eeg_channels().end());
  const EegTrials back = things_eeg2_trials(scratch.path("e.npy"), {channels, -1, 1});
  CHECK(at::equal(back.values, trials));
  CHECK(back.times == eeg_times());
}
