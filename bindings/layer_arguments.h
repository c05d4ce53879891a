#pragma once
// Arguments of layer constructors: positional in PyTorch's order, by name in a last table, or both.
#include <initializer_list>
#include <optional>

#include "bindings/lua/luax.h"
#include "nn/layer.h"
#include "nn/layers/per_axis.h"

namespace brain {

// nil stands for the default, torch.null for None. Errors read "nn.Conv2d: stride: expected ..., got ...".
class LayerArguments {
 public:
  // Refuses more positional arguments than names, unknown names (suggesting the nearest) and what is given twice.
  LayerArguments(lua_State* L, std::string function, std::initializer_list<const char*> names);

  // Without a default the argument must be given.
  std::int64_t integer(const char* name, std::optional<std::int64_t> otherwise = std::nullopt) const;
  std::optional<std::int64_t> maybe_integer(const char* name) const;
  double number(const char* name, std::optional<double> otherwise = std::nullopt) const;
  std::optional<double> maybe_number(const char* name, std::optional<double> otherwise = std::nullopt) const;
  bool boolean(const char* name, bool otherwise) const;
  std::string string(const char* name, const std::string& otherwise) const;
  // An integer or a list of them; null becomes -1 where it is allowed.
  std::vector<std::int64_t> integers(const char* name, bool allow_null = false) const;
  bool given(const char* name) const { return find(name) != nullptr; }
  // Given as a string.
  bool is_string(const char* name) const;

  template <std::size_t N>
  nn::PerAxis<N> per_axis(const char* name, std::optional<std::int64_t> otherwise = std::nullopt,
                          bool allow_null = false) const {
    if (!given(name) && otherwise) return *otherwise;
    const auto each = integers(name, allow_null);
    if (each.size() == 1 && is_number(name)) return each[0];
    if (each.size() != N && each.size() != 1) refuse(name, "integer or list of " + std::to_string(N));
    return nn::PerAxis<N>(at::IntArrayRef(each));
  }
  template <std::size_t N>
  nn::Padding<N> padding(const char* name) const {
    if (!given(name)) return 0;
    return is_string(name) ? nn::Padding<N>(string(name, "")) : nn::Padding<N>(per_axis<N>(name));
  }

 private:
  struct Given {
    std::string name;
    int index;  // on the Lua stack
  };
  const Given* find(const char* name) const;
  const Given& required(const char* name) const;
  bool is_number(const char* name) const;
  [[noreturn]] void refuse(const char* name, const std::string& expected) const;

  lua_State* L_;
  std::string function_;
  std::vector<Given> given_;
};

// The layers of a container with their names ("0", "1", ...): as arguments, in one list, or as a list of {name, layer}.
std::vector<std::pair<std::string, nn::LayerPtr>> check_layers(lua_State* L, const char* function);

}  // namespace brain
