#include "io/module_state.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "io/checkpoint.h"

using namespace brain::io;
using Catch::Contains;

namespace {

std::string names(const Value& state) {
  std::string all;
  for (const auto& [key, value] : state.as<Dict>()->items()) (all += key.as<Text>()->view()) += ' ';
  return all;
}

Value load(const std::string& name) {
  const std::string path = "tests/data/checkpoints/" + name;
  return read_checkpoint(File(path).bytes(), path);
}

}  // namespace

TEST_CASE("a pickled module gives the names of its state dict") {
  CHECK(names(module_state(load("module.pth"))) ==
        "0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked ");
}

TEST_CASE("a TorchScript archive gives the names of its state dict") {
  CHECK(names(module_state(load("script.pt"))) == "0.weight 0.bias ");
}

TEST_CASE("non-persistent buffers are left out, and what is no module is empty") {
  Dict buffers, parts;
  buffers.put("kept", Value::of(Array()));
  buffers.put("left", Value::of(Array()));
  parts.put("_buffers", Value::of(buffers));
  parts.put("_modules", Value::of(Dict()));
  parts.put("_non_persistent_buffers_set", Value::of(Set{{text("left")}}));
  CHECK(names(module_state(Value::of(Record{"M", true, {}, Value::of(parts), {}, {}}))) == "kept ");
  CHECK(names(module_state(text("x"))) == "");
  CHECK(names(module_state(Value::of(Record{"rsatoolbox.rdm.rdms.RDMs", true, {}, Value::of(buffers), {}, {}}))) == "");
}

TEST_CASE("modules that share children without end are refused") {
  Value module = Value::of(Record{"__torch__.M", true, {}, Value::of(Dict()), {}, {}});
  for (int i = 0; i < 40; ++i) {
    Dict children;
    children.put("a", module);
    children.put("b", module);
    module = Value::of(Record{"__torch__.M", true, {}, Value::of(children), {}, {}});
  }
  CHECK_THROWS_WITH(module_state(module), Contains("more than a million children"));
}
