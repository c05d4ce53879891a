#pragma once
// Named numeric options with defaults and ranges: what optimisers and schedules are configured by.
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace brain {

enum class OptionKind { number, integer, flag, choice, list };

// One option. Values are lists of doubles: a flag is 0 or 1, a choice the position of its word in `words`.
struct OptionSpec {
  const char* name;
  OptionKind kind;
  std::vector<double> otherwise;  // the default; empty: must be given, unless `optional`
  double low = 0;                 // every number lies in [low, high)
  double high = std::numeric_limits<double>::infinity();
  std::vector<std::string> words{};
  bool optional = false;
};

// An option that takes one of several words; the first is the default.
inline OptionSpec choice_of(const char* name, std::vector<std::string> words) {
  return {.name = name, .kind = OptionKind::choice, .otherwise = {0}, .words = std::move(words)};
}

// What a saved state holds besides tensors.
using NamedNumbers = std::vector<std::pair<std::string, double>>;

// The values of one owner's options, in the order of its specs; each is checked when it is set.
class OptionValues {
 public:
  // `owner` begins every error message ("AdamW") and, like the specs, outlives the values.
  OptionValues(const char* owner, std::span<const OptionSpec> specs);

  const char* owner() const { return owner_; }
  std::span<const OptionSpec> specs() const { return specs_; }

  // The place of an option; an unknown name is an error that suggests the nearest.
  std::size_t find(const std::string& name) const;
  bool knows(const std::string& name) const;
  void set(std::size_t option, std::vector<double> values);
  // The place of a word among a choice's words; another word is an error that lists them.
  double choice(std::size_t option, const std::string& word) const;
  // Fails when an option without a default was not given.
  void require_all() const;

  bool given(std::size_t option) const { return !values_[option].empty(); }
  double operator[](std::size_t option) const { return values_[option].front(); }
  const std::vector<double>& list(std::size_t option) const { return values_[option]; }

 private:
  const char* owner_;
  std::span<const OptionSpec> specs_;
  std::vector<std::vector<double>> values_;
};

}  // namespace brain
