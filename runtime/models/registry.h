#pragma once
// The networks that can be built by name. Names are the source library's, prefixed by it:
// "torchvision/resnet50". Layers, their order and the state-dict keys are the source's, and so are the draws
// of its constructor: after the same seed a new network has the same numbers.
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nn/layer.h"

namespace brain::models {

struct ModelOptions {
  std::int64_t outputs = -1;               // of the last layer; -1: as many as the source has
  std::optional<std::int64_t> image_size;  // side in pixels, for networks whose parameters depend on it (ViT)
  double width = 1;                        // share of the published channels of hidden layers (CORnet-S)
};

// What happens to a picture before evaluation: it is resized, the centre cut out, then (value / 255 - mean) / std per
// channel, in the order of `colour`.
struct Preprocessing {
  std::int64_t resize = 256;  // the shorter side
  std::int64_t crop = 224;
  std::string interpolation = "bilinear";  // or bicubic
  std::array<double, 3> mean = {0.485, 0.456, 0.406};
  std::array<double, 3> std = {0.229, 0.224, 0.225};
  std::string colour = "rgb";  // or bgr
  bool squash = false;         // both sides are resized, whatever the picture's shape
};

struct Entry {
  std::string name;
  std::function<nn::LayerPtr(const ModelOptions&)> build;  // in training mode, as a constructor leaves it
  Preprocessing preprocessing = {};  // of the first published weights; its crop is the input size
  std::vector<std::string> aliases = {};
  std::int64_t outputs = 1000;  // of the published weights
  // The network's name for a tensor that some published checkpoint calls otherwise; other names as they are.
  std::function<std::string(const std::string&)> rename = nullptr;
  std::string file = {};      // what the weights' file name begins with, where that is not the bare name
  std::string download = {};  // the line that fetches the weights, where it is not the rule of the source library
  bool narrows = false;       // whether `width` can differ from 1
};

// Every network, family by family.
const std::vector<Entry>& entries();

// By full name, alias, or the part behind the slash where that is unique, torchvision's first; otherwise an
// error with the nearest name.
const Entry& find(std::string_view name);

// A new network on the CPU in float32. The seed is given to torch's default generator before anything is
// drawn.
nn::LayerPtr create(std::string_view name, const ModelOptions& options = {},
                    std::optional<std::uint64_t> seed = std::nullopt);

// The same without memory: its tensors have shapes and dtypes, but lie on the meta device.
nn::LayerPtr outline(std::string_view name, const ModelOptions& options = {});

}  // namespace brain::models
