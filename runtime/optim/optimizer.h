#pragma once
// Parameter groups, state and stepping: what every optimiser shares. An optimiser is data (OptimizerKind):
// its options, the tensors it keeps for a parameter, and one function that updates a batch of parameters.
#include <ATen/ATen.h>

#include <string>
#include <utility>
#include <vector>

#include "optim/options.h"

namespace brain {

// A tensor kept for each parameter, made at its first step.
struct StateSpec {
  const char* name;
  bool is_step = false;  // a 0-d float32 count of steps, on the parameter's device; otherwise of its shape
  int when = -1;         // kept only while this option is not 0; -1: always
  int fill = -1;         // filled with this option's value; -1: with 0
};

// Parameters of one group, device and dtype that have gradients, and their state by StateSpec (empty where
// not kept).
struct UpdateBatch {
  std::vector<at::Tensor> parameters, gradients;
  std::vector<std::vector<at::Tensor>> state;
  bool first = false;  // whether their state was made just now
};

struct OptimizerKind {
  const char* name;
  std::vector<OptionSpec> options;  // the first is lr
  std::vector<StateSpec> state;
  void (*update)(const OptionValues& options, UpdateBatch& batch);
  void (*check)(const OptionValues& options) = nullptr;  // refuses combinations
};

// The kinds there are: SGD, Adam, AdamW, RMSprop, Adagrad.
const std::vector<const OptimizerKind*>& optimizer_kinds();
const OptimizerKind& optimizer_kind(const std::string& name);

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

struct ParameterGroup {
  std::vector<NamedTensor> parameters;
  OptionValues options;
};

// Everything besides the parameters that the next step depends on: "NAME.STATE" tensors in the order of the
// parameters, and "GROUP.OPTION" numbers (groups count from 1; lists as "GROUP.OPTION.PLACE").
struct OptimizerState {
  std::vector<NamedTensor> tensors;
  NamedNumbers numbers;
};

class Optimizer {
 public:
  explicit Optimizer(const OptimizerKind& kind) : kind_(kind) {}
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  const OptimizerKind& kind() const { return kind_; }

  // The options a new group starts from.
  OptionValues defaults() const { return OptionValues(kind_.name, kind_.options); }
  // Names and tensors are new to the optimiser; tensors are leaves of a floating dtype.
  void add_group(ParameterGroup group);
  std::size_t groups() const { return groups_.size(); }
  const ParameterGroup& group(std::size_t index) const;
  void set_option(std::size_t group, std::size_t option, std::vector<double> values);
  double lr(std::size_t group) const { return this->group(group).options[0]; }
  void set_lr(std::size_t group, double value) { set_option(group, 0, {value}); }

  // One update of every parameter that has a gradient.
  void step();
  // Drops the gradients.
  void zero_grad();

  // The tensors are the optimiser's own, not copies.
  OptimizerState state() const;
  // Copies a state of the same groups and parameters; a missing, unknown or mis-shaped entry is an error and
  // changes nothing.
  void load_state(const OptimizerState& state);

 private:
  struct Slots {
    std::vector<at::Tensor> tensors;  // by StateSpec; undefined: not made
  };

  bool prepare(const ParameterGroup& group, const at::Tensor& parameter, Slots& slots) const;

  const OptimizerKind& kind_;
  std::vector<ParameterGroup> groups_;
  std::vector<std::vector<Slots>> slots_;  // by group and parameter
};

}  // namespace brain
