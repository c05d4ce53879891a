#pragma once
// Representational similarity of a network's layers to brains and behaviour on the 92 pictures of the shared data, against
// the figures and RDMs recorded there.
#include <nlohmann/json.hpp>

#include "golden_model.h"

namespace golden {

// Average ranks along the last axis of a vector.
inline at::Tensor ranks(const at::Tensor& values) {
  const auto [sorted, order] = values.to(at::kDouble).sort();
  const auto [unique, inverse, counts] = at::unique_consecutive(sorted, true, true);
  const at::Tensor last = counts.cumsum(0).to(at::kDouble);
  const at::Tensor average = last - (counts.to(at::kDouble) - 1) / 2;
  return at::empty_like(sorted).scatter_(0, order, average.index_select(0, inverse));
}

inline double spearman(const at::Tensor& a, const at::Tensor& b) {
  return at::corrcoef(at::stack({ranks(a), ranks(b)}))[0][1].item<double>();
}

inline at::Tensor tensor_of(const Hdf5File& file, const std::string& name) { return at::tensor(file.numbers(name), at::kDouble); }

// 1 - Pearson of every pair of rows, the upper triangle row by row: [n (n - 1) / 2]. Sums are in float64, a stretch of
// features at a time.
inline at::Tensor correlation_rdm(const at::Tensor& features) {
  const at::Tensor flat = features.flatten(1);
  const auto n = flat.size(0), width = flat.size(1);
  at::Tensor products = at::zeros({n, n}, at::kDouble), sums = at::zeros({n, 1}, at::kDouble);
  for (std::int64_t first = 0; first < width; first += 50000) {
    const at::Tensor part = flat.narrow(1, first, std::min<std::int64_t>(50000, width - first)).to(at::kDouble);
    products += part.matmul(part.t());
    sums += part.sum(1, true);
  }
  const at::Tensor covariance = products - sums.matmul(sums.t()) / double(width);
  const at::Tensor deviation = covariance.diagonal().sqrt();
  const at::Tensor similarity = covariance / at::outer(deviation, deviation);
  return 1 - similarity.masked_select(at::ones({n, n}, at::kBool).triu(1));
}

struct Picture92 {
  at::Tensor bytes;  // [92, 3, 224, 224], RGB from 0 to 255
  at::Tensor monkey, human, behaviour, early, late;
};

inline Picture92 pictures92(const std::string& path) {
  const Hdf5File file(path);
  const auto mean = [&](const std::string& name, std::int64_t subjects) {
    return tensor_of(file, name).reshape({subjects, -1}).mean(0);
  };
  return {tensor_of(file, "images/gray_224_pil_bilinear").to(at::kFloat).reshape({92, 224, 224, 3}).permute({0, 3, 1, 2}),
          tensor_of(file, "rdm/kriegeskorte2008/monkey_IT_674neurons"),
          tensor_of(file, "rdm/kriegeskorte2008/human_IT_316vox"),
          mean("rdm/mur2013/behaviour_16subjects", 16),
          mean("rdm/cichy2014/fmri_EVC_15subjects", 15),
          mean("rdm/cichy2014/fmri_IT_15subjects", 15)};
}

// What the entry's preprocessing does to bytes that already have the network's size.
inline at::Tensor preprocessed(const at::Tensor& bytes, const brain::models::Preprocessing& p) {
  const at::Tensor ordered = p.colour == "bgr" ? bytes.flip({1}) : bytes;
  const auto per_channel = [](const std::array<double, 3>& v) {
    return at::tensor(std::vector<double>(v.begin(), v.end()), at::kDouble).view({3, 1, 1});
  };
  return ((ordered.to(at::kDouble) / 255 - per_channel(p.mean)) / per_channel(p.std)).to(at::kFloat).contiguous();
}

// The network with real weights against the figures of golden_rsa.json (rounded to four decimals) and
// the RDMs of golden_model_rdms.h5 (of activations in float32), for layers paired with their names there.
inline void check_rsa(const std::string& name, const std::string& weights,
                      const std::vector<std::pair<std::string, std::string>>& layers) {
  const std::string file = shared_path("data/weights/" + weights + ".safetensors"), folder = shared_path("data/rsa92");
  if (file.empty() || folder.empty()) return;
  const double started = seconds();
  const at::NoGradGuard no_grad;
  const auto& entry = brain::models::find(name);
  const auto network = brain::models::create(name, {}, 1);
  brain::models::load_weights(*network, entry, file);
  network->eval();
  const Picture92 data = pictures92(folder + "/rsa92.h5");
  const at::Tensor x = preprocessed(data.bytes, entry.preprocessing);
  std::vector<std::string> taps;
  for (const auto& [own, theirs] : layers) taps.push_back(own);
  std::map<std::string, std::vector<at::Tensor>> parts;
  brain::nn::Taps tapped(*network, taps);
  for (std::int64_t i = 0; i < 92; i += 23) {
    tapped.run([&] { (*network)(x.narrow(0, i, 23)); });
    for (const auto& [tap, value] : tapped.results()) parts[tap].push_back(value);
  }
  std::ifstream figures(folder + "/golden_rsa.json");
  const auto golden = nlohmann::json::parse(figures)["models"][weights];
  const Hdf5File rdms(folder + "/golden_model_rdms.h5");
  double worst_rdm = 0, worst_figure = 0;
  for (const auto& [own, theirs] : layers) {
    INFO(name << " " << own);
    const at::Tensor features = at::cat(parts.at(own)), rdm = correlation_rdm(features);
    const auto& expected = golden[theirs];
    CHECK(features.numel() / 92 == expected["n_features"].get<std::int64_t>());
    CHECK(features.mean(at::kDouble).item<double>() ==
          Approx(expected["mean"].get<double>()).epsilon(1e-4).margin(1e-5 * expected["std"].get<double>()));
    const double deviation = (rdm - tensor_of(rdms, weights + "/" + theirs)).abs().max().item<double>();
    CHECK(deviation < 5e-6);
    worst_rdm = std::max(worst_rdm, deviation);
    const std::pair<const char*, const at::Tensor*> targets[] = {{"mIT", &data.monkey},
                                                                {"hIT", &data.human},
                                                                {"behav", &data.behaviour},
                                                                {"cichy_EVC", &data.early},
                                                                {"cichy_IT", &data.late}};
    for (const auto& [target, measured] : targets) {
      const double found = std::abs(spearman(rdm, *measured) - expected[target].get<double>());
      INFO(target);
      CHECK(found < 6e-5);
      worst_figure = std::max(worst_figure, found);
    }
  }
  std::printf("%-38s RDMs within %.1e, correlations with brains within %.1e  %.1f s\n", name.c_str(), worst_rdm,
              worst_figure, seconds() - started);
}

}  // namespace golden
