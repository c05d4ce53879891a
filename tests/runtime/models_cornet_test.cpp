#include "models/cornet.h"

#include "golden_model.h"
#include "scratch.h"

using namespace brain;

namespace {

// The shared golden figures of CORnet-S, whose weights are waves numbered in the order of the state dict.
void fill_cornet_s(nn::Layer& network) {
  std::uint32_t seed = 0;
  for (const auto& [name, tensor] : network.state_dict()) {
    const auto ends = [&, &name = name](const char* text) { return name.ends_with(text); };
    if (ends("num_batches_tracked")) continue;
    const bool norm = name.find("norm") != std::string::npos;
    ++seed;
    if (ends("running_mean")) golden::fill(tensor, 0, 0.1, seed);
    else if (ends("running_var")) golden::fill(tensor, 1, 0.3, seed);
    else if (norm && ends("weight")) golden::fill(tensor, 1, 0.2, seed);
    else if (norm) golden::fill(tensor, 0, 0.1, seed);
    else if (ends("bias")) golden::fill(tensor, 0, 0.05, seed);
    else golden::fill(tensor, 0, std::sqrt(6.0 / double(tensor[0].numel())), seed);
  }
}

const io::Value& field(const io::Value& object, const std::string& key) {
  const io::Value* value = object.as<io::Dict>()->find(key);
  if (!value) throw std::runtime_error("no field " + key);
  return *value;
}

// The largest deviation from the recorded figures, in standard deviations; sums relative to themselves.
double difference_from(const io::Value& expected, const at::Tensor& tensor) {
  const auto number = [&](const char* key) { return expect::number(field(expected, key)); };
  const at::Tensor values = tensor.detach().to(at::kDouble).flatten();
  const double scale = number("std");
  REQUIRE(values.numel() == std::int64_t(number("n")));
  double worst = std::abs(values.mean().item<double>() - number("mean")) / scale;
  worst = std::max(worst, std::abs(values.std(false).item<double>() / scale - 1));
  worst = std::max(worst, std::abs(values.abs().sum().item<double>() / number("sumabs") - 1));
  const auto& first = *io::sequence(field(expected, "first"));
  const auto& last = *io::sequence(field(expected, "last"));
  for (std::size_t i = 0; i < first.size(); ++i)
    worst =
        std::max(worst, std::abs(values[std::int64_t(i)].item<double>() - expect::number(first[i])) / scale);
  for (std::size_t i = 0; i < last.size(); ++i)
    worst = std::max(worst, std::abs(values[std::int64_t(i) - std::int64_t(last.size())].item<double>() -
                                     expect::number(last[i])) /
                                scale);
  return worst;
}

}  // namespace

TEST_CASE("CORnet-S has the published parameters and keys") {
  const auto network = models::create("cornet_s", {}, 1);
  CHECK(network->count_parameters() == 53416616);
  const auto state = network->state_dict();
  CHECK(state.size() == 164);
  CHECK(state[0].name == "V1.conv1.weight");
  CHECK(state[12].name == "V2.conv_input.weight");
  CHECK(state[13].name == "V2.skip.weight");
  CHECK(state[22].name == "V2.norm1_0.weight");
  CHECK(state[163].name == "decoder.linear.bias");
  CHECK(network->get("V4.conv2")->class_name() == "Conv2d");
}

TEST_CASE("CORnet-S gives the recorded areas and time steps, in evaluation and in training") {
  const std::string path = shared_path("data/realnet/golden/cornet_s_golden.json");
  if (path.empty()) return;
  const double started = golden::seconds();
  const at::NoGradGuard no_grad;
  const auto golden = io::parse_json(read_text(path), path);
  const auto network = models::create("cornet_s", {}, 1);
  fill_cornet_s(*network);
  at::Tensor x = at::empty({2, 3, 224, 224});
  golden::fill(x, 0, 2, 999);

  golden::Report report;
  const auto compare = [&](const io::Value& expected, const std::string& name, const at::Tensor& found,
                           double& worst) {
    const double difference = difference_from(expected, found);
    const double allowed = network->training() ? 5e-5 : 1e-5;  // norms over a batch of two lose digits
    INFO(name << ": deviation " << difference);
    CHECK(difference < allowed);
    worst = std::max(worst, difference);
    report.share = std::max(report.share, difference / allowed);
  };
  for (const bool training : {false, true}) {
    network->train(training);
    nn::Taps taps(*network, {"V1", "V2", "V4", "IT", "decoder.avgpool", "{V2,V4,IT}.output#*"});
    at::Tensor y;
    taps.run([&] { y = (*network)(x); });
    const auto& expected = field(golden, training ? "train" : "eval");
    compare(field(expected, "logits"), "logits", y, report.outputs);
    int compared = 0;
    for (const auto& [name, value] : taps.results()) {
      const auto step = name.find(".output#");
      if (step == std::string::npos) {
        compare(field(expected, name == "decoder.avgpool" ? "avgpool" : name), name, value, report.taps);
      } else if (!training) {
        compare(field(field(expected, "steps"), name.substr(0, 2) + "-t" + name.substr(step + 8)), name,
                value, report.taps);
        ++compared;
      }
    }
    CHECK(compared == (training ? 0 : 8));
  }
  const auto& after = field(field(golden, "train"), "running_after");
  int updated = 0;
  for (const auto& [name, value] : network->state_dict())
    if (after.as<io::Dict>()->find(name)) {
      compare(field(after, name), name, value, report.taps);
      ++updated;
    }
  CHECK(updated == 3);
  golden::print_row("cornet/cornet_s", report, started);
}

TEST_CASE("a narrow CORnet-S has its share of the channels") {
  const auto network = brain::models::create("cornet_s", {.outputs = 7, .width = 0.25}, 0);
  int seen = 0;
  for (const auto& [name, tensor] : network->state_dict()) {
    if (name == "IT.conv2.weight") seen += tensor.sizes() == at::IntArrayRef{512, 512, 3, 3};
    if (name == "decoder.linear.weight") seen += tensor.sizes() == at::IntArrayRef{7, 128};
  }
  CHECK(seen == 2);
  CHECK_THROWS_WITH(brain::models::create("cornet_z", {.width = 0.5}), Catch::Contains("width"));
  CHECK_THROWS_WITH(brain::models::create("cornet_s", {.width = 0}), Catch::Contains("above 0"));
}
