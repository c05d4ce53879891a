#pragma once
// Reading activations while a network runs. A name means the output of a layer's last call, name#k that of its k-th
// (0-based), name#* all of them; outputs of a tuple are name.0, name.1.
#include <map>
#include <string>
#include <vector>

#include "nn/layer.h"

namespace brain::nn {

// The layer calls to read, resolved against a network: globs over layer names with an optional #k or #*.
class Taps {
 public:
  // A pattern that matches no layer is an error with the nearest name.
  Taps(Layer& network, const std::vector<std::string>& patterns);
  ~Taps();
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;

  // Runs `body` with the taps active; with stop_early it ends as soon as every wanted call has been seen, which for
  // "last call" is known once a network has run whole under the same taps.
  void run(const std::function<void()>& body, bool stop_early = false);

  // What was seen, by name ("layer4.1", "IT#0", "blocks.3.attn.1"), in the order of the calls.
  const std::vector<NamedTensor>& results() const { return results_; }

  // Called by Layer for every call while taps are active.
  static bool active() { return current_ != nullptr; }
  // Whether any active taps read this layer: fused attention then computes what they ask for.
  static bool want(const Layer& layer);
  static void offer(const Layer& layer, const Value& output);

 private:
  struct Wanted {
    std::string name;
    bool last = false, all = false;
    std::vector<int> calls;  // the k of #k
    int seen = 0;
    int expected = -1;  // number of calls in a whole run, once known
  };
  struct Stop {};

  void take(Wanted& wanted, const Value& output);
  void keep(const std::string& name, const Value& output);
  bool complete() const;

  std::map<const Layer*, Wanted> wanted_;
  std::vector<NamedTensor> results_;
  bool stop_early_ = false;
  Taps* outer_ = nullptr;
  static thread_local Taps* current_;
};

}  // namespace brain::nn
