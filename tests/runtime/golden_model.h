#pragma once
// Runs a network of the registry with the shared golden files' weights and image, and compares its keys,
// outputs and taps with what the source library gave.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>

#include "hdf5_file.h"
#include "io/safetensors.h"
#include "io/tensor.h"
#include "io_expect.h"
#include "models/registry.h"
#include "models/weights.h"
#include "nn/taps.h"

namespace golden {

inline std::uint32_t fnv1a(const std::string& text) {
  std::uint32_t h = 2166136261u;
  for (const unsigned char c : text) h = (h ^ c) * 16777619u;
  return h;
}

// The k-th number in [-1, 1) of a seed: an integer hash, the same on every machine.
inline double wave(std::uint32_t k, std::uint32_t seed) {
  std::uint32_t h = k + seed * 0x9E3779B9u;
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  h ^= h >> 16;
  return static_cast<double>(h >> 8) / 8388608.0 - 1.0;
}

// tensor[k] = base + amp wave(k)
inline void fill(const at::Tensor& tensor, double base, double amp, std::uint32_t seed) {
  auto* values = tensor.data_ptr<float>();
  for (std::int64_t k = 0; k < tensor.numel(); ++k)
    values[k] = static_cast<float>(base + amp * wave(static_cast<std::uint32_t>(k), seed));
}

inline at::Tensor image(std::int64_t batch, std::int64_t height, std::int64_t width) {
  at::Tensor x = at::empty({batch, 3, height, width});
  auto* values = x.data_ptr<float>();
  std::uint32_t k = 0;
  for (std::int64_t b = 0; b < batch; ++b)
    for (std::int64_t c = 0; c < 3; ++c)
      for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j, ++k) {
          const double across = std::sin(0.05 * double(b + 1) * double(j + 1) + 0.7 * double(c));
          const double down = std::cos(0.033 * double(c + 1) * double(i + 1) - 0.4 * double(b));
          values[k] = static_cast<float>(1.2 * across * down + 0.6 * wave(k, 20240));
        }
  return x;
}

inline std::string shape_text(const at::Tensor& tensor) {
  std::string text;
  for (const auto n : tensor.sizes()) text += (text.empty() ? "" : "x") + std::to_string(n);
  return text.empty() ? "-" : text;
}

// Checks that the state dict has the rows of the table, in order, and fills it by them.
inline void fill_by_table(brain::nn::Layer& network, const std::string& path) {
  std::ifstream table(path);
  REQUIRE(table);
  std::string line, expected, found;
  const auto state = network.state_dict();
  std::size_t row = 0;
  while (std::getline(table, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::string name, dtype, shape, kind, base, amp;
    fields >> name >> dtype >> shape >> kind >> base >> amp;
    expected += name + " " + shape + "\n";
    if (row < state.size()) {
      const auto& [own, tensor] = state[row];
      found += own + " " + shape_text(tensor) + "\n";
      if (base != "keep" && own == name) fill(tensor, std::stod(base), std::stod(amp), fnv1a(name));
    }
    ++row;
  }
  CHECK(row == state.size());
  REQUIRE(found == expected);
}

// Puts a file's tensors into the network; only counters of training steps may be missing.
inline void load_safetensors(brain::nn::Layer& network, const std::string& path) {
  const auto file = brain::io::read_safetensors(brain::io::File(path).bytes(), path);
  brain::io::TensorMaker make;
  std::vector<brain::nn::NamedTensor> state;
  for (const auto& [key, value] : file.tensors.as<brain::io::Dict>()->items())
    state.push_back({std::string(key.as<brain::io::Text>()->view()), make(*value.as<brain::io::Array>())});
  const auto report = network.load_state_dict(state, false);
  CHECK(report.unexpected.empty());
  CHECK(report.mismatched.empty());
  for (const auto& name : report.missing) CHECK(name.ends_with("num_batches_tracked"));
}

// Relative L2 distance of chosen values; `typical` is the tensor's root mean square, which a few values may
// be far from.
inline double deviation(const std::vector<double>& expected, const std::vector<double>& found,
                        double typical) {
  REQUIRE(expected.size() == found.size());
  double sum = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    sum += (found[i] - expected[i]) * (found[i] - expected[i]);
  return std::sqrt(sum / double(expected.size())) / typical;
}

inline std::vector<double> flat(const at::Tensor& tensor) {
  const at::Tensor copy = tensor.to(at::kDouble).contiguous();
  return {copy.data_ptr<double>(), copy.data_ptr<double>() + copy.numel()};
}

inline double root_mean_square(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum / double(values.size()));
}

// The largest deviations seen, as multiples of what is allowed for a network in float32.
struct Report {
  double outputs = 0, taps = 0, share = 0;

  void add(double& worst, double value, double float32_deviation, const std::string& what) {
    const double allowed = 5 * float32_deviation + 5e-7;
    INFO(what << ": relative deviation " << value << ", allowed " << allowed);
    CHECK(value <= allowed);
    worst = std::max(worst, value);
    share = std::max(share, value / allowed);
  }
  void add_output(const Hdf5File& file, const std::string& name, const at::Tensor& found) {
    const auto expected = file.numbers(name);
    add(outputs, deviation(expected, flat(found), root_mean_square(expected)),
        file.attribute(name, "f32_rel_dev"), name);
  }
  void add_tap(const Hdf5File& file, const std::string& tap, const at::Tensor& found) {
    const std::string group = "taps/" + tap;
    const auto values = flat(found);
    const auto n = values.size();
    std::vector<double> shape;
    for (const auto size : found.sizes()) shape.push_back(double(size));
    CHECK(shape == file.attributes(group, "shape"));
    auto expected = file.numbers(group + "/first");
    std::vector<double> chosen(values.begin(), values.begin() + std::ptrdiff_t(expected.size()));
    const auto spread = file.numbers(group + "/spread");
    for (std::size_t i = 0; i < spread.size(); ++i) chosen.push_back(values[i * n / spread.size()]);
    expected.insert(expected.end(), spread.begin(), spread.end());
    const double allowed = file.attribute(group, "f32_rel_dev"), l2 = file.attribute(group, "l2");
    add(taps, deviation(expected, chosen, l2 / std::sqrt(double(n))), allowed, tap);
    add(taps, std::abs(root_mean_square(values) * std::sqrt(double(n)) / l2 - 1), allowed, tap + " (norm)");
  }
};

inline double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Prints a line of the table of models.
inline void print_row(const std::string& name, const Report& report, double started) {
  std::printf("%-32s outputs %.1e  taps %.1e  %3.0f%% of what is allowed  %.1f s\n", name.c_str(),
              report.outputs, report.taps, 100 * report.share, seconds() - started);
  std::fflush(stdout);
}

// The network `name` against models/TAG.h5. `outputs` pairs further data sets with the layer they are an
// output of.
inline void check_model(const std::string& tag, const std::string& name,
                        const std::vector<std::pair<std::string, std::string>>& outputs = {}) {
  const std::string folder = shared_path("data/golden_models");
  if (folder.empty()) return;
  const double started = seconds();
  const at::NoGradGuard no_grad;
  const auto network = brain::models::create(name, {}, 1);
  fill_by_table(*network, folder + "/keys/" + tag + ".tsv");
  network->eval();
  const Hdf5File file(folder + "/models/" + tag + ".h5");
  CHECK(network->count_parameters() == std::int64_t(file.attribute("/", "n_parameters")));

  std::vector<std::string> taps, patterns;
  std::istringstream names(file.text("/", "taps"));
  for (std::string tap; std::getline(names, tap);) taps.push_back(tap);
  patterns = taps;
  for (const auto& [data, layer] : outputs) patterns.push_back(layer);
  Report report;
  brain::nn::Taps tapped(*network, patterns);
  at::Tensor y;
  tapped.run([&] { y = (*network)(image(2, 224, 224)); });
  report.add_output(file, "logits", y);
  std::map<std::string, at::Tensor> seen;
  for (const auto& [tap, value] : tapped.results()) seen[tap] = value;
  for (const auto& tap : taps) report.add_tap(file, tap, seen.at(tap));
  for (const auto& [data, layer] : outputs) report.add_output(file, data, seen.at(layer));
  if (file.has("logits_231x219")) report.add_output(file, "logits_231x219", (*network)(image(2, 231, 219)));
  print_row(name, report, started);
}

}  // namespace golden
