#pragma once
// The networks trained on CIFAR-10 against the logits recorded for 16 test pictures and the accuracy on all 10,000.
#include "golden_rsa.h"
#include "io/image.h"

namespace golden {

// The test set: JPEG files one after another, grouped by class.
class CifarTest {
 public:
  explicit CifarTest(const std::string& path) : file_(path) {
    const auto bytes = file_.numbers("test/jpeg_bytes");
    bytes_.assign(bytes.begin(), bytes.end());
    offsets_ = file_.numbers("test/offsets");
    labels_ = file_.numbers("test/labels");
  }
  // [pictures, 3, 32, 32], RGB from 0 to 255
  at::Tensor pictures(const std::vector<std::int64_t>& indices) const {
    std::vector<at::Tensor> all;
    brain::io::TensorMaker make;
    for (const auto index : indices) {
      const auto first = static_cast<std::ptrdiff_t>(offsets_[std::size_t(index)]);
      const auto last = static_cast<std::ptrdiff_t>(offsets_[std::size_t(index) + 1]);
      const std::vector<std::uint8_t> jpeg(bytes_.begin() + first, bytes_.begin() + last);
      all.push_back(make(brain::io::decode_image(brain::io::Bytes::from(jpeg), "test picture")));
    }
    return at::stack(all).permute({0, 3, 1, 2});
  }
  at::Tensor labels(const std::vector<std::int64_t>& indices) const {
    std::vector<std::int64_t> all;
    for (const auto index : indices) all.push_back(std::int64_t(labels_[std::size_t(index)]));
    return at::tensor(all);
  }

 private:
  Hdf5File file_;
  std::vector<std::uint8_t> bytes_;
  std::vector<double> offsets_, labels_;
};

// Share of every `step`-th of the 10,000 pictures that the network names rightly.
inline double cifar_accuracy(brain::nn::Layer& network, const brain::models::Preprocessing& preprocessing,
                             const CifarTest& test, std::int64_t step) {
  std::int64_t right = 0, seen = 0;
  for (std::int64_t first = 0; first < 10000; first += 250 * step) {
    std::vector<std::int64_t> indices;
    for (std::int64_t i = first; i < std::min<std::int64_t>(10000, first + 250 * step); i += step) indices.push_back(i);
    const at::Tensor answers = network(preprocessed(test.pictures(indices), preprocessing)).argmax(1);
    right += answers.eq(test.labels(indices)).sum().item<std::int64_t>();
    seen += std::int64_t(indices.size());
  }
  return double(right) / double(seen);
}

// `key` names the network in golden_cifar.h5 and golden_cifar_accuracy.json. Logits agree as two ways to sum in float32
// do; the accuracy of 500 pictures is within four standard errors of that on all, with `whole` all are counted.
inline void check_cifar(const std::string& name, const std::string& weights, const std::string& key, bool whole = false) {
  const std::string file = shared_path("data/weights/" + weights);
  const std::string pictures = shared_path("data/cifar10_jpeg/cifar10_jpeg.h5");
  if (file.empty() || pictures.empty()) return;
  const double started = seconds();
  const at::NoGradGuard no_grad;
  const auto& entry = brain::models::find(name);
  const auto network = brain::models::create(name, {}, 1);
  brain::models::load_weights(*network, entry, file);
  network->eval();
  const CifarTest test(pictures);
  const Hdf5File golden("../shared/data/weights/golden_cifar.h5");
  std::vector<std::int64_t> indices;
  for (const double index : golden.numbers("test_index")) indices.push_back(std::int64_t(index));
  const at::Tensor logits = (*network)(preprocessed(test.pictures(indices), entry.preprocessing));
  const at::Tensor expected = tensor_of(golden, key + "/logits").reshape({16, 10});
  const double deviation = (logits - expected).norm().item<double>() / expected.norm().item<double>();
  CHECK(deviation < 5e-6);
  std::ifstream figures("../shared/data/weights/golden_cifar_accuracy.json");
  const double recorded = nlohmann::json::parse(figures)[key].get<double>();
  const double found = cifar_accuracy(*network, entry.preprocessing, test, whole ? 1 : 20);
  CHECK(std::abs(found - recorded) < (whole ? 1.5e-4 : 4 * std::sqrt(recorded * (1 - recorded) / 500)));
  std::printf("%-38s logits %.1e  accuracy %.4f, recorded for all %.4f  %.1f s\n", name.c_str(), deviation, found,
              recorded, seconds() - started);
}

}  // namespace golden
