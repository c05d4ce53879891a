#include "optim/options.h"

#include <cmath>

#include "core/error.h"
#include "core/nearest.h"

namespace brain {

namespace {

std::string range_text(const OptionSpec& spec) {
  std::string text = spec.kind == OptionKind::integer ? "an integer" : "a number";
  if (std::isfinite(spec.low)) text += join_text(" >= ", spec.low);
  if (std::isfinite(spec.high)) text += join_text(" and < ", spec.high);
  return text;
}

}  // namespace

OptionValues::OptionValues(const char* owner, std::span<const OptionSpec> specs)
    : owner_(owner), specs_(specs) {
  for (const auto& spec : specs) values_.push_back(spec.otherwise);
}

bool OptionValues::knows(const std::string& name) const {
  for (const auto& spec : specs_) {
    if (name == spec.name) return true;
  }
  return false;
}

std::size_t OptionValues::find(const std::string& name) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (name == specs_[i].name) return i;
    names.emplace_back(specs_[i].name);
  }
  const std::string near = nearest(name, names);
  std::string all;
  for (const auto& known : names) all += (all.empty() ? "" : ", ") + known;
  fail(owner_, ": unknown option '", name, "'",
       near.empty() ? "; options are " + all : ", did you mean '" + near + "'?");
}

void OptionValues::set(std::size_t option, std::vector<double> values) {
  const OptionSpec& spec = specs_[option];
  const bool one = spec.kind != OptionKind::list;
  const std::size_t size = one ? 1 : spec.otherwise.size();  // a list with a default keeps its length
  if (values.empty() || (size && values.size() != size))
    fail(owner_, ": ", spec.name, ": expected ", size ? size : 1, size ? "" : " or more", " numbers, got ",
         values.size());
  for (const double value : values) {
    const bool whole = spec.kind != OptionKind::integer || value == std::floor(value);
    if (!(value >= spec.low && value < spec.high && whole))
      fail(owner_, ": ", spec.name, ": expected ", range_text(spec), ", got ", value);
  }
  values_[option] = std::move(values);
}

double OptionValues::choice(std::size_t option, const std::string& word) const {
  const auto& words = specs_[option].words;
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<double>(i);
    all += (i ? ", '" : "'") + words[i] + "'";
  }
  fail(owner_, ": ", specs_[option].name, ": expected one of ", all, ", got '", word, "'");
}

void OptionValues::require_all() const {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (!given(i) && !specs_[i].optional)
      fail(owner_, ": ", specs_[i].name, ": expected ",
           specs_[i].kind == OptionKind::list ? "a list of numbers" : range_text(specs_[i]), ", got nothing");
  }
}

}  // namespace brain
