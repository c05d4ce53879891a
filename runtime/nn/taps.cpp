#include "nn/taps.h"

#include <algorithm>

#include "core/error.h"
#include "nn/glob.h"

namespace brain::nn {

thread_local Taps* Taps::current_ = nullptr;

namespace {

// Calls of each layer in its last whole run: what lets a "last call" be recognised.
std::map<const Layer*, std::pair<std::weak_ptr<const Layer>, int>>& known_calls() {
  static thread_local std::map<const Layer*, std::pair<std::weak_ptr<const Layer>, int>> calls;
  return calls;
}

int known_calls_of(const Layer* layer) {
  const auto found = known_calls().find(layer);
  return found == known_calls().end() || found->second.first.expired() ? -1 : found->second.second;
}

}  // namespace

Taps::Taps(Layer& network, const std::vector<std::string>& patterns) {
  const auto layers = network.named_layers();
  std::vector<std::string> names;
  for (const auto& [name, layer] : layers) names.push_back(name);
  for (const auto& pattern : patterns) {
    const auto hash = pattern.rfind('#');
    const std::string call = hash == std::string::npos ? "" : pattern.substr(hash + 1);
    const bool number = !call.empty() && std::all_of(call.begin(), call.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (hash != std::string::npos && call != "*" && (!number || call.size() > 6))
      fail("tap '", pattern, "': expected a number or * after #, found '", call, "'");
    for (const auto& name : match_names({pattern.substr(0, hash)}, names, "layer")) {
      const Layer* layer = std::find_if(layers.begin(), layers.end(), [&](const auto& l) { return l.first == name; })->second.get();
      Wanted& wanted = wanted_[layer];
      wanted.name = name;
      if (hash == std::string::npos) wanted.last = true;
      else if (call == "*") wanted.all = true;
      else wanted.calls.push_back(std::stoi(call));
    }
  }
}

Taps::~Taps() = default;

void Taps::run(const std::function<void()>& body, bool stop_early) {
  results_.clear();
  stop_early_ = stop_early;
  for (auto& [layer, wanted] : wanted_) {
    wanted.seen = 0;
    wanted.expected = known_calls_of(layer);
  }
  struct Scope {
    explicit Scope(Taps* taps) : before(current_) { taps->outer_ = before; current_ = taps; }
    ~Scope() { current_ = before; }
    Taps* before;
  };
  bool whole = true;
  try {
    const Scope scope(this);
    body();
  } catch (const Stop&) {
    whole = false;
  }
  for (auto& [layer, wanted] : wanted_) {
    if (whole) known_calls()[layer] = {layer->weak_from_this(), wanted.seen};
    for (const int k : wanted.calls)
      if (k >= wanted.seen && whole)
        fail("tap '", wanted.name, "#", k, "': the layer was called ", wanted.seen, " times");
    if (whole && wanted.seen == 0) fail("tap '", wanted.name, "': the layer was not called");
  }
}

bool Taps::want(const Layer& layer) {
  for (const Taps* taps = current_; taps; taps = taps->outer_)
    if (taps->wanted_.count(&layer)) return true;
  return false;
}

void Taps::offer(const Layer& layer, const Value& output) {
  for (Taps* taps = current_; taps; taps = taps->outer_) {
    const auto found = taps->wanted_.find(&layer);
    if (found == taps->wanted_.end()) continue;
    taps->take(found->second, output);
    if (taps == current_ && taps->stop_early_ && taps->complete()) throw Stop{};
  }
}

void Taps::take(Wanted& wanted, const Value& output) {
  const int k = wanted.seen++;
  if (wanted.all || std::find(wanted.calls.begin(), wanted.calls.end(), k) != wanted.calls.end())
    keep(wanted.name + "#" + std::to_string(k), output);
  if (wanted.last) keep(wanted.name, output);
}

void Taps::keep(const std::string& name, const Value& output) {
  if (output.isTensor()) {
    const auto same = [&](const NamedTensor& kept) { return kept.name == name; };
    results_.erase(std::remove_if(results_.begin(), results_.end(), same), results_.end());
    results_.push_back({name, output.toTensor()});
  } else if (output.isTuple()) {
    const auto& elements = output.toTupleRef().elements();
    for (std::size_t i = 0; i < elements.size(); ++i)
      if (!elements[i].isNone()) keep(name + "." + std::to_string(i), elements[i]);
  } else if (output.isTensorList()) {
    const auto list = output.toTensorVector();
    for (std::size_t i = 0; i < list.size(); ++i) keep(name + "." + std::to_string(i), list[i]);
  }
}

bool Taps::complete() const {
  for (const auto& [layer, wanted] : wanted_) {
    if ((wanted.last || wanted.all) && (wanted.expected < 0 || wanted.seen < wanted.expected)) return false;
    for (const int k : wanted.calls)
      if (wanted.seen <= k) return false;
  }
  return true;
}

}  // namespace brain::nn
