#include "models/efficientnet_lite.h"

#include "golden_model.h"

TEST_CASE("timm/efficientnet_lite0 equals its source") {
  golden::check_model("timm_efficientnet_lite0", "timm/efficientnet_lite0", {{"pre_logits", "global_pool"}});
}

TEST_CASE("tf_efficientnet_lite0 with its real weights gives the recorded blocks and logits") {
  const std::string weights = shared_path("data/weights_pypi/tf_efficientnet_lite0.safetensors");
  const std::string images = shared_path("data/rsa92/rsa92.h5");
  if (weights.empty() || images.empty()) return;
  const double started = golden::seconds();
  const at::NoGradGuard no_grad;
  const auto network = brain::models::create("tf_efficientnet_lite0", {}, 1);
  golden::load_safetensors(*network, weights);
  network->eval();

  const Hdf5File file("../shared/data/weights_pypi/golden_tf_efficientnet_lite0.h5"), stimuli(images);
  const auto chosen = file.numbers("input/rsa92_index");
  const auto pixels = at::tensor(stimuli.numbers("images/gray_224_pil_bilinear")).reshape({92, 224, 224, 3});
  std::vector<at::Tensor> pictures;
  for (const double index : chosen) pictures.push_back(pixels[std::int64_t(index)]);
  const at::Tensor x = ((at::stack(pictures).permute({0, 3, 1, 2}) - 127) / 128).to(at::kFloat).contiguous();

  brain::nn::Taps taps(*network, {"bn1", "blocks.*.*", "bn2"});
  at::Tensor y;
  taps.run([&] { y = (*network)(x); });
  golden::Report report;
  for (const auto& [tap, value] : taps.results()) {
    const std::string name = "block/" + (tap == "bn1" ? "act1" : tap == "bn2" ? "act2" : tap);
    const auto stride = std::int64_t(file.attribute(name, "stride"));
    const auto expected = file.numbers(name + "/strided");
    const at::Tensor part = value.flatten(1).slice(1, 0, std::nullopt, stride);
    report.add(report.taps,
               golden::deviation(expected, golden::flat(part), golden::root_mean_square(expected)), 1e-6,
               tap);
  }
  CHECK(taps.results().size() == 18);
  const auto all = file.numbers("logits");
  std::vector<double> expected;
  for (const double index : chosen)
    expected.insert(expected.end(), all.begin() + 1000 * std::ptrdiff_t(index),
                    all.begin() + 1000 * std::ptrdiff_t(index) + 1000);
  report.add(report.outputs, golden::deviation(expected, golden::flat(y), golden::root_mean_square(expected)),
             1e-6, "logits");
  golden::print_row("timm/tf_efficientnet_lite0 (real)", report, started);
}
