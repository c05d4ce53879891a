#include "nn/layer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <unordered_set>

#include "core/error.h"
#include "core/nearest.h"
#include "nn/glob.h"
#include "nn/taps.h"

namespace brain::nn {

namespace {

std::string joined(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : name.empty() ? prefix : prefix + "." + name;
}

template <class List>
void check_unique(const List& list, const std::string& name, const Layer& layer) {
  for (const auto& item : list)
    if (item.name == name) fail(layer.class_name(), ": the name '", name, "' is taken");
}

void walk(const std::string& prefix, const LayerPtr& layer, std::unordered_set<const Layer*>& seen,
          std::vector<std::pair<std::string, LayerPtr>>& out) {
  if (!seen.insert(layer.get()).second) return;
  out.emplace_back(prefix, layer);
  for (const auto& child : layer->children()) walk(joined(prefix, child.name), child.layer, seen, out);
}

}  // namespace

Layer::Layer(const Layer& other)
    : std::enable_shared_from_this<Layer>(),
      parameters_(other.parameters_),
      buffers_(other.buffers_),
      children_(other.children_),
      training_(other.training_),
      pinned_(other.pinned_) {}

at::Tensor Layer::operator()(const at::Tensor& x) {
  if (hooks_.empty() && !Taps::active()) return forward(x);
  return observe({x}, forward(x)).toTensor();
}

Value Layer::call(const Values& inputs, std::string_view entry) {
  Value output = forward_values(inputs, entry);
  if (hooks_.empty() && !Taps::active()) return output;
  return observe(inputs, std::move(output));
}

Value Layer::observe(const Values& inputs, Value output) {
  const auto hooks = hooks_;  // a hook may add or remove hooks
  for (const auto& [number, hook] : hooks)
    if (auto replaced = hook(*this, inputs, output)) output = std::move(*replaced);
  if (Taps::active()) Taps::offer(*this, output);
  return output;
}

at::Tensor Layer::forward(const at::Tensor&) { fail(class_name(), ": takes other inputs than one tensor"); }

Value Layer::forward_values(const Values& inputs, std::string_view entry) {
  if (entry != "forward") {
    std::string all;
    for (const auto& name : entries()) all += (all.empty() ? "" : ", ") + name;
    fail(class_name(), " has no entry point '", entry, "'; it has ", all);
  }
  if (inputs.size() != 1 || !inputs[0].isTensor())
    fail(class_name(), ": expected one Tensor, got ", inputs.size(), inputs.size() == 1 ? " value of another kind" : " values");
  return forward(inputs[0].toTensor());
}

int Layer::add_parameter(std::string name, at::Tensor value) {
  check_unique(parameters_, name, *this);
  if (value.defined()) value.set_requires_grad(true);
  parameters_.push_back({std::move(name), std::move(value)});
  return static_cast<int>(parameters_.size()) - 1;
}

int Layer::add_buffer(std::string name, at::Tensor value, bool persistent) {
  check_unique(buffers_, name, *this);
  buffers_.push_back({std::move(name), std::move(value), persistent});
  return static_cast<int>(buffers_.size()) - 1;
}

int Layer::add_child(std::string name, LayerPtr layer, std::optional<std::string> prefix) {
  check_unique(children_, name, *this);
  if (!layer) fail(class_name(), ": child '", name, "': expected a layer");
  std::string before = prefix ? std::move(*prefix) : name + ".";
  children_.push_back({std::move(name), std::move(layer), std::move(before)});
  return static_cast<int>(children_.size()) - 1;
}

std::vector<std::pair<std::string, LayerPtr>> Layer::named_layers() {
  std::vector<std::pair<std::string, LayerPtr>> out;
  std::unordered_set<const Layer*> seen;
  walk("", shared_from_this(), seen, out);
  return out;
}

void Layer::collect_parameters(const std::string& prefix, std::unordered_set<const void*>& seen,
                               std::vector<NamedTensor>& out) const {
  for (const auto& parameter : parameters_)
    if (parameter.value.defined() && seen.insert(parameter.value.unsafeGetTensorImpl()).second)
      out.push_back({prefix + parameter.name, parameter.value});
  for (const auto& child : children_) child.layer->collect_parameters(prefix + child.prefix, seen, out);
}

std::vector<NamedTensor> Layer::named_parameters() {
  std::vector<NamedTensor> out;
  std::unordered_set<const void*> seen;
  collect_parameters("", seen, out);
  return out;
}

std::int64_t Layer::count_parameters(bool trainable_only) {
  std::int64_t n = 0;
  for (const auto& parameter : named_parameters())
    if (!trainable_only || parameter.value.requires_grad()) n += parameter.value.numel();
  return n;
}

bool Layer::is_frozen() {
  for (const auto& [name, layer] : named_layers()) {
    if (layer->has_hooks() || (layer->training_ && layer->is_random())) return false;
    for (const auto& buffer : layer->buffers_)
      if (layer->training_ && buffer.value.defined()) return false;
    for (const auto& parameter : layer->parameters_)
      if (parameter.value.defined() && parameter.value.requires_grad()) return false;
  }
  return true;
}

void Layer::collect_state(const std::string& prefix, std::vector<NamedTensor>& state) const {
  for (const auto& parameter : parameters_)
    if (parameter.value.defined()) state.push_back({prefix + parameter.name, parameter.value});
  for (const auto& buffer : buffers_)
    if (buffer.persistent && buffer.value.defined()) state.push_back({prefix + buffer.name, buffer.value});
  for (const auto& child : children_) child.layer->collect_state(prefix + child.prefix, state);
}

std::vector<NamedTensor> Layer::state_dict() const {
  std::vector<NamedTensor> state;
  collect_state("", state);
  return state;
}

std::string Layer::LoadReport::message() const {
  std::string text;
  const std::pair<const char*, const std::vector<std::string>*> parts[] = {
      {"missing", &missing}, {"unexpected", &unexpected}, {"of another shape", &mismatched}};
  for (const auto& [what, list] : parts) {
    if (list->empty()) continue;
    text += join_text(text.empty() ? "" : "; ", list->size(), " ", what, ": ");
    for (std::size_t i = 0; i < std::min<std::size_t>(5, list->size()); ++i) text += (i ? ", " : "") + (*list)[i];
    if (list->size() > 5) text += ", ...";
  }
  return text;
}

Layer::LoadReport Layer::load_state_dict(const std::vector<NamedTensor>& state, bool strict) {
  std::unordered_map<std::string, at::Tensor> given;
  for (const auto& entry : state) given[entry.name] = entry.value;
  LoadReport report;
  const auto own = state_dict();
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  for (const auto& entry : own) {
    const auto found = given.find(entry.name);
    if (found == given.end()) {
      report.missing.push_back(entry.name);
      continue;
    }
    if (found->second.sizes() != entry.value.sizes())
      report.mismatched.push_back(join_text(entry.name, " (expected ", entry.value.sizes(), ", found ", found->second.sizes(), ")"));
    else
      copies.emplace_back(entry.value, found->second);
    given.erase(found);
  }
  for (const auto& entry : state)
    if (given.count(entry.name)) report.unexpected.push_back(entry.name);
  if (strict && !report.message().empty()) fail("state dict of ", class_name(), ": ", report.message());
  const at::NoGradGuard guard;
  for (auto& [target, source] : copies) target.copy_(source);
  return report;
}

LayerPtr Layer::get(std::string_view name) {
  if (name.empty()) return shared_from_this();
  Layer* layer = this;
  LayerPtr found;
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    const auto part = rest.substr(0, dot);
    found = nullptr;
    for (const auto& child : layer->children_)
      if (child.name == part) found = child.layer;
    if (!found) {
      std::vector<std::string> names;
      for (const auto& [known, unused] : named_layers()) names.push_back(known);
      const std::string near = nearest(name, names);
      fail(class_name(), " has no layer '", name, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
    }
    layer = found.get();
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return found;
}

void Layer::replace(std::string_view name, LayerPtr layer) {
  if (!layer) fail(class_name(), ": replace '", name, "': expected a layer");
  if (name.empty()) fail(class_name(), ": the network itself cannot be replaced, only layers in it");
  const auto dot = name.rfind('.');
  const LayerPtr owner = dot == std::string_view::npos ? shared_from_this() : get(name.substr(0, dot));
  const auto last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  for (const auto& [unused, inside] : layer->named_layers())
    if (inside.get() == owner.get()) fail(class_name(), ": replace '", name, "': the new layer holds its own place");
  for (auto& child : owner->children_) {
    if (child.name != last) continue;
    child.layer = std::move(layer);
    return;
  }
  get(name);  // raises the error with the nearest name
}

struct Layer::Copies {
  std::unordered_map<const Layer*, LayerPtr> layers;
  std::unordered_map<const void*, at::Tensor> tensors;

  at::Tensor of(const at::Tensor& source) {
    if (!source.defined()) return source;
    at::Tensor& made = tensors[source.unsafeGetTensorImpl()];
    if (!made.defined()) made = source.detach().clone().set_requires_grad(source.requires_grad());
    return made;
  }
};

LayerPtr Layer::copy(Copies& copies) const {
  if (const auto known = copies.layers.find(this); known != copies.layers.end()) return known->second;
  LayerPtr made = shallow_copy();
  copies.layers[this] = made;
  for (auto& parameter : made->parameters_) parameter.value = copies.of(parameter.value);
  for (auto& buffer : made->buffers_) buffer.value = copies.of(buffer.value);
  for (auto& child : made->children_) child.layer = child.layer->copy(copies);
  return made;
}

LayerPtr Layer::clone() const {
  Copies copies;
  return copy(copies);
}

void Layer::train(bool on) {
  for (const auto& [name, layer] : named_layers()) layer->training_ = on && !layer->pinned_;
}

void Layer::set_frozen(const std::vector<std::string>& patterns, bool frozen) {
  std::vector<std::string> names;
  const auto layers = named_layers();
  for (const auto& [name, layer] : layers) names.push_back(name);
  for (const auto& name : match_names(patterns, names, "layer"))
    for (const auto& [inner, layer] : get(name)->named_layers()) {
      layer->pinned_ = frozen;
      layer->training_ = !frozen && training_;
      for (auto& parameter : layer->parameters_)
        if (parameter.value.defined()) parameter.value.set_requires_grad(!frozen);
    }
}

void Layer::freeze(const std::vector<std::string>& patterns) { set_frozen(patterns, true); }
void Layer::unfreeze(const std::vector<std::string>& patterns) { set_frozen(patterns, false); }

void Layer::to(std::optional<at::Device> device, std::optional<at::ScalarType> dtype, std::optional<at::MemoryFormat> format) {
  if (dtype && !c10::isFloatingType(*dtype) && !c10::isComplexType(*dtype))
    fail(class_name(), ": to: expected a float dtype, got ", *dtype);
  const auto moved = [&](const at::Tensor& source) {
    at::TensorOptions options = source.options();
    if (device) options = options.device(*device);
    if (dtype && source.is_floating_point()) options = options.dtype(*dtype);
    return source.to(options, false, false, format && source.dim() == 4 ? format : std::nullopt);
  };
  const at::NoGradGuard guard;
  std::unordered_set<const void*> done;
  for (const auto& [name, layer] : named_layers()) {
    for (auto& parameter : layer->parameters_) {
      if (!parameter.value.defined() || !done.insert(parameter.value.unsafeGetTensorImpl()).second) continue;
      at::Tensor target = moved(parameter.value);
      if (!target.is_same(parameter.value)) parameter.value.set_data(target);  // optimisers keep their handle
    }
    for (auto& buffer : layer->buffers_)
      if (buffer.value.defined()) buffer.value = moved(buffer.value);
  }
}

int Layer::add_hook(Hook hook) {
  hooks_.emplace_back(next_hook_, std::move(hook));
  return next_hook_++;
}

void Layer::remove_hook(int number) {
  hooks_.erase(std::remove_if(hooks_.begin(), hooks_.end(), [&](const auto& hook) { return hook.first == number; }), hooks_.end());
}

}  // namespace brain::nn
