#include "models/weights.h"

#include <algorithm>
#include <unordered_set>

#include "core/error.h"
#include "io/format.h"
#include "io/tensor.h"
#include "models/jax_weights.h"

namespace brain::models {

namespace {

using nn::NamedTensor;

bool holds_arrays(const io::Dict& dict) {
  return std::any_of(dict.items().begin(), dict.items().end(),
                     [](const auto& item) { return item.second.template as<io::Array>() != nullptr; });
}

// The dict that holds the network's tensors: below one of the usual names of a training checkpoint, or the whole.
const io::Dict& state_in(const io::Value& value, const std::string& path) {
  const auto* dict = value.as<io::Dict>();
  if (!dict) fail(path, ": expected a state dict (names and tensors), found a ", value.kind());
  for (const char* name : {"state_dict", "model_state_dict", "model", "net", "network", "weights", "params"})
    if (const io::Value* inner = dict->find(name))
      if (const auto* tensors = inner->as<io::Dict>(); tensors && holds_arrays(*tensors)) return *tensors;
  if (holds_arrays(*dict)) return *dict;
  std::string keys;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, dict->items().size()); ++i)
    keys += (i ? ", " : "") + io::key_text(dict->items()[i].first);
  fail(path, ": expected a state dict (names and tensors), found a dict of ", dict->items().size(), ": ", keys);
}

std::vector<NamedTensor> tensors_of(const io::Dict& dict) {
  io::TensorMaker make;
  std::vector<NamedTensor> state;
  for (const auto& [key, value] : dict.items()) {
    const auto* name = key.as<io::Text>();
    const auto* array = value.as<io::Array>();
    if (name && array) state.push_back({std::string(name->view()), make(*array)});
  }
  return state;
}

// Drops what wrappers put in front of every name.
void strip_prefixes(std::vector<NamedTensor>& state, const std::unordered_set<std::string>& own) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view prefix : {"module.", "_orig_mod.", "model.", "backbone.", "net.", "network."}) {
      const bool all = std::all_of(state.begin(), state.end(), [&](const NamedTensor& entry) {
        return entry.name.starts_with(prefix) && !own.count(entry.name);
      });
      if (!all || state.empty()) continue;
      for (auto& entry : state) entry.name.erase(0, prefix.size());
      again = true;
    }
  }
}

}  // namespace

void load_weights(nn::Layer& network, const Entry& entry, const std::string& path) {
  const io::Loaded loaded = io::load_file(path);
  std::vector<NamedTensor> state = tensors_of(state_in(loaded.value, path));
  const std::vector<NamedTensor> wanted = network.state_dict();
  std::unordered_map<std::string, at::Tensor> own;
  std::unordered_set<std::string> names;
  for (const auto& [name, value] : wanted) {
    own[name] = value;
    names.insert(name);
  }
  if (is_jax_state(state)) {
    try {
      state = from_jax(state);
    } catch (const Error& error) {
      fail(path, ": ", error.what());
    }
  }
  strip_prefixes(state, names);
  std::unordered_set<std::string> given;
  for (auto& [name, value] : state) {
    if (entry.rename && !names.count(name)) name = entry.rename(name);
    given.insert(name);
    const auto known = own.find(name);
    if (known != own.end() && known->second.dim() == 2 && value.dim() == 4 && value.size(2) == 1 && value.size(3) == 1)
      value = value.flatten(1);
  }
  for (const auto& [name, value] : wanted)
    if (name.ends_with("num_batches_tracked") && !given.count(name)) state.push_back({name, value});
  try {
    network.load_state_dict(state);
  } catch (const Error& error) {
    fail(path, " does not fit ", entry.name, ": ", error.what());
  }
}

}  // namespace brain::models
