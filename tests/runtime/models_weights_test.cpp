// Checkpoints of every layout fill a network; what does not fit is one message.
#include "models/weights.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "core/atomic_file.h"
#include "core/hash.h"
#include "io/checkpoint.h"
#include "io/safetensors.h"
#include "io/tensor.h"
#include "io/value.h"

using namespace brain;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("brain_weights_" + std::to_string(getpid()))) { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

const models::Entry& entry() { return models::find("akamaster/resnet20"); }

// The tensors of a network under other names.
io::Value dict_of(const nn::Layer& network, const std::function<std::string(const std::string&)>& name,
                  bool counters = true) {
  io::Dict dict;
  for (const auto& [own, value] : network.state_dict())
    if (counters || !own.ends_with("num_batches_tracked")) dict.put(name(own), io::Value::of(io::array_of(value, "test")));
  return io::Value::of(std::move(dict));
}

std::string as_it_is(const std::string& name) { return name; }

bool equal(const nn::Layer& a, const nn::Layer& b) {
  const auto left = a.state_dict(), right = b.state_dict();
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!at::equal(left[i].value, right[i].value)) return false;
  return true;
}

void check_loads(const std::string& path, const nn::Layer& source) {
  const auto network = models::create(entry().name, {}, 2);
  models::load_weights(*network, entry(), path);
  CHECK(equal(*network, source));
}

struct Variable {  // of the environment, for as long as it lives
  Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
  ~Variable() { unsetenv(name_); }
  const char* name_;
};

}  // namespace

TEST_CASE("checkpoints of every layout fill a network") {
  const Folder folder;
  const auto source = models::create(entry().name, {}, 1);
  const std::string path = (folder.path / "a.pth").string();
  SECTION("a plain state dict") { io::write_checkpoint(path, dict_of(*source, as_it_is)); }
  SECTION("without counters of batches") { io::write_checkpoint(path, dict_of(*source, as_it_is, false)); }
  SECTION("of DataParallel in a compiled model") {
    io::write_checkpoint(path, dict_of(*source, [](const std::string& name) { return "module._orig_mod." + name; }));
  }
  SECTION("in a training checkpoint with a prefix") {
    io::Dict training;
    training.put("epoch", std::int64_t{3});
    training.put("best", io::Value::of(io::array_of(at::ones({2}), "test")));
    training.put("state_dict", dict_of(*source, [](const std::string& name) { return "model." + name; }));
    io::write_checkpoint(path, io::Value::of(std::move(training)));
  }
  check_loads(path, *source);
}

TEST_CASE("what does not fit is named in one message and changes nothing") {
  const Folder folder;
  const auto source = models::create(entry().name, {.outputs = 7}, 1), network = models::create(entry().name, {}, 2);
  const auto before = network->clone();
  const std::string path = (folder.path / "a.safetensors").string();
  io::write_safetensors(path, dict_of(*source, [](const std::string& name) { return name == "bn1.bias" ? "bn1.shift" : name; }));
  CHECK_THROWS_WITH(
      models::load_weights(*network, entry(), path),
      path + " does not fit akamaster/resnet20: state dict of ResNet: 1 missing: bn1.bias; 1 unexpected: bn1.shift; 2 of "
             "another shape: linear.weight (expected [10, 64], found [7, 64]), linear.bias (expected [10], found [7])");
  CHECK(equal(*network, *before));
  const std::string other = (folder.path / "b.pth").string();
  io::Dict numbers;
  numbers.put("epoch", std::int64_t{3});
  io::write_checkpoint(other, io::Value::of(std::move(numbers)));
  CHECK_THROWS_WITH(models::load_weights(*network, entry(), other),
                    other + ": expected a state dict (names and tensors), found a dict of 1: 'epoch'");
}

TEST_CASE("names of other sources are known") {
  const auto& lite = models::find("timm/tf_efficientnet_lite0").rename;
  const std::pair<const char*, const char*> names[] = {
      {"_conv_stem.weight", "conv_stem.weight"},
      {"_bn0.running_var", "bn1.running_var"},
      {"_blocks.0._depthwise_conv.weight", "blocks.0.0.conv_dw.weight"},
      {"_blocks.0._bn1.bias", "blocks.0.0.bn1.bias"},
      {"_blocks.0._project_conv.weight", "blocks.0.0.conv_pw.weight"},
      {"_blocks.0._bn2.weight", "blocks.0.0.bn2.weight"},
      {"_blocks.1._expand_conv.weight", "blocks.1.0.conv_pw.weight"},
      {"_blocks.2._bn0.weight", "blocks.1.1.bn1.weight"},
      {"_blocks.15._project_conv.weight", "blocks.6.0.conv_pwl.weight"},
      {"_blocks.15._bn2.weight", "blocks.6.0.bn3.weight"},
      {"_conv_head.weight", "conv_head.weight"},
      {"_bn1.weight", "bn2.weight"},
      {"_fc.bias", "classifier.bias"},
      {"_swish", "_swish"},
      {"_blocks.99999999999999999999._bn0.weight", "_blocks.99999999999999999999._bn0.weight"}};
  for (const auto& [theirs, own] : names) CHECK(lite(theirs) == own);
  const auto& vit = models::find("torchvision/vit_b_16").rename;
  CHECK(vit("encoder.layers.encoder_layer_3.mlp.linear_2.bias") == "encoder.layers.encoder_layer_3.mlp.3.bias");
  CHECK(vit("encoder.ln.bias") == "encoder.ln.bias");
}

TEST_CASE("the caches of torch hub and Hugging Face are looked through") {
  const Folder folder;
  const Variable torch("TORCH_HOME", (folder.path / "torch").string()), face("HF_HOME", (folder.path / "face").string());
  unsetenv("HF_HUB_CACHE");
  const fs::path hub = folder.path / "torch" / "hub" / "checkpoints";
  fs::create_directories(hub);
  CHECK_THROWS_WITH(models::cached_weights(entry()),
                    Catch::Contains("weights of akamaster/resnet20: not in " + hub.string()) &&
                        Catch::Contains("download them with: git clone https://github.com/akamaster"));
  CHECK_THROWS_WITH(models::cached_weights(models::find("torchvision/resnet18")),
                    Catch::Contains("torchvision.models.resnet18(weights='IMAGENET1K_V1')"));
  const std::string content = "weights", hash = sha256(content);
  SECTION("a file that carries its hash") {
    write_file_atomically((hub / ("resnet20-" + hash.substr(0, 8) + ".th")).string(), content);
    write_file_atomically((hub / "resnet20_swsl-0123abcd.pth").string(), content);
    CHECK(models::cached_weights(entry()) == (hub / ("resnet20-" + hash.substr(0, 8) + ".th")).string());
    write_file_atomically((hub / "resnet20-0123abcd.pth").string(), content);
    CHECK_THROWS_WITH(models::cached_weights(entry()), Catch::Contains("choose with weights=: "));
  }
  SECTION("a damaged one") {
    write_file_atomically((hub / "resnet20-0123abcd.pth").string(), content);
    CHECK_THROWS_WITH(models::cached_weights(entry()),
                      Catch::Contains("the file is damaged: expected a SHA-256 that begins with 0123abcd, found " + hash.substr(0, 8)));
  }
  SECTION("a snapshot of Hugging Face") {
    const fs::path model = folder.path / "face" / "hub" / "models--timm--efficientnet_lite0.ra_in1k";
    fs::create_directories(model / "blobs");
    fs::create_directories(model / "snapshots" / "0123");
    write_file_atomically((model / "blobs" / hash).string(), content);
    fs::create_symlink(fs::path("..") / ".." / "blobs" / hash, model / "snapshots" / "0123" / "model.safetensors");
    const auto& lite = models::find("timm/efficientnet_lite0");
    CHECK(models::cached_weights(lite) == (model / "snapshots" / "0123" / "model.safetensors").string());
    write_file_atomically((model / "blobs" / hash).string(), "other");
    CHECK_THROWS_WITH(models::cached_weights(lite), Catch::Contains("the file is damaged"));
  }
}
