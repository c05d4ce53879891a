#pragma once
// A network is a tree of Layers. A layer owns parameters, buffers and children in order; a child is reached only through
// its slot in the owner's list, so that replacing, cloning and tapping act on what forward runs. State-dict names are
// those of the source library: parameters, then persistent buffers, then children.
#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace brain::nn {

// One of several inputs or outputs: a Tensor, a tuple of them, a number.
using Value = c10::IValue;
using Values = std::vector<Value>;

class Layer;
using LayerPtr = std::shared_ptr<Layer>;

// Called after forward; a returned value takes the output's place.
using Hook = std::function<std::optional<Value>(Layer& layer, const Values& inputs, const Value& output)>;

struct NamedTensor {
  std::string name;
  at::Tensor value;
};

class Layer : public std::enable_shared_from_this<Layer> {
 public:
  virtual ~Layer() = default;
  virtual std::string class_name() const = 0;           // "Conv2d"
  virtual std::string description() const { return {}; }  // "3, 64, kernel_size=7"

  // Runs the layer: forward, hooks, taps. No layer writes into its input.
  at::Tensor operator()(const at::Tensor& x);
  // The same for several inputs or outputs, through an entry point ("forward" or one of entries()).
  Value call(const Values& inputs, std::string_view entry = "forward");
  virtual std::vector<std::string> entries() const { return {"forward"}; }
  // Whether training mode draws random numbers here (dropout).
  virtual bool is_random() const { return false; }
  // Ordered layers whose composition is forward, where the network is such a chain; empty otherwise.
  virtual std::vector<LayerPtr> stages() const { return {}; }

  struct Buffer {
    std::string name;
    at::Tensor value;
    bool persistent;  // part of the state dict
  };
  struct Child {
    std::string name;
    LayerPtr layer;
    std::string prefix;  // of its tensors' names: "name." unless the owner chose another
  };
  const std::vector<NamedTensor>& parameters() const { return parameters_; }
  const std::vector<Buffer>& buffers() const { return buffers_; }
  const std::vector<Child>& children() const { return children_; }

  // This layer and all below with their dotted names ("" for itself), depth first; a shared layer once, by its first name.
  std::vector<std::pair<std::string, LayerPtr>> named_layers();
  // All parameters with dotted names; a shared one once.
  std::vector<NamedTensor> named_parameters();
  std::int64_t count_parameters(bool trainable_only = false);
  // Whether the output is a fixed function of the input: nothing below takes gradients, norms and dropout are in eval,
  // no hooks look on.
  bool is_frozen();

  // Names and tensors as they are (not copies), shared ones under every name.
  std::vector<NamedTensor> state_dict() const;
  struct LoadReport {
    std::vector<std::string> missing, unexpected, mismatched;
    std::string message() const;  // one line with the first few of each; empty when all fitted
  };
  // Copies values in place. With strict, anything missing, unexpected or mis-shaped is an error and nothing is changed.
  LoadReport load_state_dict(const std::vector<NamedTensor>& state, bool strict = true);

  // The layer of a dotted name; an unknown one is an error with the nearest.
  LayerPtr get(std::string_view name);
  // Puts another layer into the slot of that name.
  void replace(std::string_view name, LayerPtr layer);
  // A deep copy; layers and tensors shared inside stay shared inside the copy. Hooks are not copied.
  LayerPtr clone() const;

  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }
  // Parameters of matching layers (and below) stop requiring gradients; their norms and dropout go to eval and stay there.
  void freeze(const std::vector<std::string>& patterns);
  void unfreeze(const std::vector<std::string>& patterns);
  // Moves and casts parameters and floating buffers.
  void to(std::optional<at::Device> device, std::optional<at::ScalarType> dtype,
          std::optional<at::MemoryFormat> format = std::nullopt);

  // Adds a hook; the number removes it again.
  int add_hook(Hook hook);
  void remove_hook(int number);
  bool has_hooks() const { return !hooks_.empty(); }

 protected:
  Layer() = default;
  Layer(const Layer& other);  // for copies made by clone(): children and tensors are replaced there

  virtual at::Tensor forward(const at::Tensor& x);
  // Several inputs or other entry points; the default takes one tensor and calls forward.
  virtual Value forward_values(const Values& inputs, std::string_view entry);
  virtual LayerPtr shallow_copy() const = 0;

  // The slot number of what was added; names are unique within the layer.
  int add_parameter(std::string name, at::Tensor value);
  int add_buffer(std::string name, at::Tensor value, bool persistent = true);
  // A prefix gives the child's tensors other names than "name.": "in_proj_" makes in_proj_weight, "" the child's own.
  int add_child(std::string name, LayerPtr layer, std::optional<std::string> prefix = std::nullopt);
  const at::Tensor& parameter(int slot) const { return parameters_[static_cast<std::size_t>(slot)].value; }
  const at::Tensor& buffer(int slot) const { return buffers_[static_cast<std::size_t>(slot)].value; }
  void set_buffer(int slot, at::Tensor value) { buffers_[static_cast<std::size_t>(slot)].value = std::move(value); }
  Layer& child(int slot) const { return *children_[static_cast<std::size_t>(slot)].layer; }

 private:
  struct Copies;
  LayerPtr copy(Copies& copies) const;
  void collect_state(const std::string& prefix, std::vector<NamedTensor>& state) const;
  void collect_parameters(const std::string& prefix, std::unordered_set<const void*>& seen, std::vector<NamedTensor>& out) const;
  void set_frozen(const std::vector<std::string>& patterns, bool frozen);
  Value observe(const Values& inputs, Value output);

  std::vector<NamedTensor> parameters_;
  std::vector<Buffer> buffers_;
  std::vector<Child> children_;
  std::vector<std::pair<int, Hook>> hooks_;
  int next_hook_ = 1;
  bool training_ = true;
  bool pinned_ = false;  // frozen: stays in eval
};

// Gives a layer class its copy: class Linear : public Copyable<Linear>.
template <class Derived, class Base = Layer>
class Copyable : public Base {
 public:
  using Base::Base;

 protected:
  LayerPtr shallow_copy() const override { return std::make_shared<Derived>(static_cast<const Derived&>(*this)); }
};

}  // namespace brain::nn
