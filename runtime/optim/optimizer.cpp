#include "optim/optimizer.h"

#include <c10/core/GradMode.h>

#include <map>
#include <set>

#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

bool is_kept(const StateSpec& spec, const OptionValues& options) {
  return spec.when < 0 || options[static_cast<std::size_t>(spec.when)] != 0;
}

// The gradient as the kernels need it: they walk both tensors in memory order.
at::Tensor gradient_of(const char* owner, const NamedTensor& parameter) {
  const at::Tensor& tensor = parameter.tensor;
  const at::Tensor& gradient = tensor.grad();
  if (gradient.layout() != at::kStrided)
    fail(owner, ": parameter '", parameter.name, "': expected a dense gradient, got a sparse one");
  if (!tensor.is_non_overlapping_and_dense())
    fail(owner, ": parameter '", parameter.name, "': expected dense memory, got a view with strides ",
         tensor.strides());
  if (gradient.strides() == tensor.strides() && gradient.scalar_type() == tensor.scalar_type())
    return gradient;
  return at::empty_like(tensor).copy_(gradient);
}

UpdateBatch& batch_for(std::vector<UpdateBatch>& batches, const at::Tensor& parameter, bool first) {
  for (auto& batch : batches) {
    const at::Tensor& member = batch.parameters[0];
    if (batch.first == first && member.device() == parameter.device() &&
        member.scalar_type() == parameter.scalar_type())
      return batch;
  }
  batches.emplace_back().first = first;
  return batches.back();
}

}  // namespace

const OptimizerKind& optimizer_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const OptimizerKind* kind : optimizer_kinds()) {
    if (name == kind->name) return *kind;
    names.emplace_back(kind->name);
  }
  const std::string near = nearest(name, names);
  fail("unknown optimiser '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
}

void Optimizer::add_group(ParameterGroup group) {
  group.options.require_all();
  if (kind_.check) kind_.check(group.options);
  std::set<std::string> names;
  std::set<const void*> tensors;
  for (const auto& known : groups_) {
    for (const auto& [name, tensor] : known.parameters) {
      names.insert(name);
      tensors.insert(tensor.unsafeGetTensorImpl());
    }
  }
  for (const auto& [name, tensor] : group.parameters) {
    if (!tensor.is_floating_point())
      fail(kind_.name, ": parameter '", name, "': expected a floating dtype, got ", tensor.scalar_type());
    if (!tensor.is_leaf())
      fail(kind_.name, ": parameter '", name, "': expected a leaf, got the result of an operation");
    if (!names.insert(name).second) fail(kind_.name, ": parameter '", name, "': the name is taken");
    if (!tensors.insert(tensor.unsafeGetTensorImpl()).second)
      fail(kind_.name, ": parameter '", name, "': the tensor is already among the parameters");
  }
  slots_.emplace_back(group.parameters.size());
  groups_.push_back(std::move(group));
}

const ParameterGroup& Optimizer::group(std::size_t index) const {
  if (index >= groups_.size())
    fail(kind_.name, ": expected a group in 1..", groups_.size(), ", got ", index + 1);
  return groups_[index];
}

void Optimizer::set_option(std::size_t index, std::size_t option, std::vector<double> values) {
  OptionValues changed = group(index).options;
  changed.set(option, std::move(values));
  if (kind_.check) kind_.check(changed);
  groups_[index].options = std::move(changed);
}

// Makes the state that is missing and moves what the parameter left behind; true when something was made.
bool Optimizer::prepare(const ParameterGroup& group, const at::Tensor& parameter, Slots& slots) const {
  slots.tensors.resize(kind_.state.size());
  bool made = false;
  for (std::size_t s = 0; s < kind_.state.size(); ++s) {
    const StateSpec& spec = kind_.state[s];
    at::Tensor& tensor = slots.tensors[s];
    if (!is_kept(spec, group.options)) continue;
    if (!tensor.defined()) {
      const double value = spec.fill < 0 ? 0.0 : group.options[static_cast<std::size_t>(spec.fill)];
      tensor = spec.is_step ? at::zeros({}, parameter.options().dtype(at::kFloat))
                            : at::full_like(parameter, value);
      made = true;
    } else {
      tensor = tensor.to(parameter.device(), spec.is_step ? at::kFloat : parameter.scalar_type());
    }
    if (!spec.is_step && tensor.strides() != parameter.strides())
      tensor = at::empty_like(parameter).copy_(tensor);
  }
  return made;
}

void Optimizer::step() {
  const c10::NoGradGuard guard;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    std::vector<UpdateBatch> batches;
    const ParameterGroup& group = groups_[g];
    for (std::size_t p = 0; p < group.parameters.size(); ++p) {
      const at::Tensor& parameter = group.parameters[p].tensor;
      if (!parameter.grad().defined()) continue;
      at::Tensor gradient = gradient_of(kind_.name, group.parameters[p]);
      Slots& slots = slots_[g][p];
      const bool first = prepare(group, parameter, slots);
      UpdateBatch& batch = batch_for(batches, parameter, first);
      batch.state.resize(kind_.state.size());
      batch.parameters.push_back(parameter);
      batch.gradients.push_back(std::move(gradient));
      for (std::size_t s = 0; s < kind_.state.size(); ++s) {
        if (is_kept(kind_.state[s], group.options)) batch.state[s].push_back(slots.tensors[s]);
      }
    }
    for (auto& batch : batches) kind_.update(group.options, batch);
  }
}

void Optimizer::zero_grad() {
  for (auto& group : groups_) {
    for (auto& parameter : group.parameters) parameter.tensor.mutable_grad().reset();
  }
}

OptimizerState Optimizer::state() const {
  OptimizerState state;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const OptionValues& options = groups_[g].options;
    for (std::size_t o = 0; o < kind_.options.size(); ++o) {
      const std::string name = join_text(g + 1, ".", kind_.options[o].name);
      const auto& values = options.list(o);
      if (kind_.options[o].kind != OptionKind::list) state.numbers.emplace_back(name, values[0]);
      else
        for (std::size_t i = 0; i < values.size(); ++i)
          state.numbers.emplace_back(join_text(name, ".", i + 1), values[i]);
    }
    for (std::size_t p = 0; p < slots_[g].size(); ++p) {
      const auto& tensors = slots_[g][p].tensors;
      for (std::size_t s = 0; s < tensors.size(); ++s) {
        if (tensors[s].defined())
          state.tensors.push_back({groups_[g].parameters[p].name + "." + kind_.state[s].name, tensors[s]});
      }
    }
  }
  return state;
}

void Optimizer::load_state(const OptimizerState& state) {
  std::map<std::string, double> numbers(state.numbers.begin(), state.numbers.end());
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, tensor] : state.tensors) tensors.emplace(name, tensor);

  const auto number = [&](const std::string& name) {
    const auto found = numbers.extract(name);
    if (found.empty()) fail(kind_.name, ": load_state_dict: '", name, "' is missing");
    return found.mapped();
  };
  auto groups = groups_;
  auto slots = slots_;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t o = 0; o < kind_.options.size(); ++o) {
      const std::string name = join_text(g + 1, ".", kind_.options[o].name);
      std::vector<double> values;
      if (kind_.options[o].kind != OptionKind::list) values.push_back(number(name));
      else
        for (std::size_t i = 0; i < groups[g].options.list(o).size(); ++i)
          values.push_back(number(join_text(name, ".", i + 1)));
      groups[g].options.set(o, std::move(values));
    }
    for (std::size_t p = 0; p < slots[g].size(); ++p) {
      const auto& [name, parameter] = groups[g].parameters[p];
      slots[g][p].tensors.assign(kind_.state.size(), {});
      std::size_t found_here = 0;
      for (std::size_t s = 0; s < kind_.state.size(); ++s) {
        const StateSpec& spec = kind_.state[s];
        const auto found = tensors.extract(name + "." + spec.name);
        if (found.empty()) continue;
        const at::IntArrayRef expected = spec.is_step ? at::IntArrayRef{} : parameter.sizes();
        if (found.mapped().sizes() != expected)
          fail(kind_.name, ": load_state_dict: '", found.key(), "': expected shape ", expected, ", got ",
               found.mapped().sizes());
        const auto options = parameter.options().dtype(spec.is_step ? at::kFloat : parameter.scalar_type());
        slots[g][p].tensors[s] = found.mapped().detach().to(options, /*non_blocking=*/false, /*copy=*/true);
        ++found_here;
      }
      for (std::size_t s = 0; s < kind_.state.size() && found_here; ++s) {
        if (is_kept(kind_.state[s], groups[g].options) && !slots[g][p].tensors[s].defined())
          fail(kind_.name, ": load_state_dict: '", name, ".", kind_.state[s].name, "' is missing");
      }
    }
  }
  if (!tensors.empty())
    fail(kind_.name, ": load_state_dict: '", tensors.begin()->first, "' belongs to no parameter");
  if (!numbers.empty())
    fail(kind_.name, ": load_state_dict: '", numbers.begin()->first, "' belongs to no group");
  groups_ = std::move(groups);
  slots_ = std::move(slots);
}

}  // namespace brain
