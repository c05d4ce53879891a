#include "io/module_state.h"

#include "io/error.h"

namespace brain::io {
namespace {

const Dict* attributes(const Value& module) {
  const auto* record = module.as<Record>();
  return record && record->instance ? record->state.as<Dict>() : nullptr;
}

// A shared child is listed under each of its names; a file can nest so many that the list never ends.
void collect(const Value& module, const std::string& prefix, Dict& out, std::size_t& visits) {
  const Dict* own = attributes(module);
  if (!own) return;
  if (++visits > 1'000'000) fail("a module has more than a million children");
  if (prefix.size() > 2048) fail("a module is nested too deeply");
  const auto tensors = [&](const Dict& from, const std::vector<Value>* left_out = nullptr) {
    for (const auto& [key, value] : from.items()) {
      const auto* name = key.as<Text>();
      bool wanted = name && value.as<Array>();
      for (std::size_t i = 0; wanted && left_out && i < left_out->size(); ++i)
        wanted = !(*left_out)[i].as<Text>() || (*left_out)[i].as<Text>()->view() != name->view();
      if (wanted) out.put(prefix + std::string(name->view()), value);
    }
  };
  const auto children = [&](const Dict& from) {
    for (const auto& [key, value] : from.items())
      if (const auto* name = key.as<Text>(); name && attributes(value))
        collect(value, prefix + std::string(name->view()) + ".", out, visits);
  };
  const auto part = [&](const char* name) {
    const Value* value = own->find(name);
    return value ? value->as<Dict>() : nullptr;
  };
  if (const Dict* modules = part("_modules")) {  // a Python module keeps its parts in three dicts
    if (const Dict* parameters = part("_parameters")) tensors(*parameters);
    const Value* left_out = own->find("_non_persistent_buffers_set");
    if (const Dict* buffers = part("_buffers")) tensors(*buffers, left_out ? sequence(*left_out) : nullptr);
    children(*modules);
  } else {
    tensors(*own);
    children(*own);
  }
}

}  // namespace

Value module_state(const Value& module) {
  Dict out;
  const Dict* own = attributes(module);
  const bool scripted = own && std::string_view(module.as<Record>()->name).starts_with("__torch__");
  if (!own || (!scripted && !own->find("_modules"))) return Value::of(std::move(out));  // some other object
  std::size_t visits = 0;
  collect(module, "", out, visits);
  return Value::of(std::move(out));
}

}  // namespace brain::io
