#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace brain::nn {

// The one matcher of names in the program: taps, freezing, hooks, LoRA targets, model lists. Segments are separated by
// dots (or slashes); `*` matches within a segment, `**` across segments (also none), `?` one character, {a,b} either,
// {22..24} each integer of the range. Everything else is literal.
class Glob {
 public:
  explicit Glob(std::string pattern);  // an unbalanced brace or a range that falls is an error
  bool matches(std::string_view name) const;
  const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
  std::vector<std::string> alternatives_;  // without braces
};

// The names any pattern matches, in their order; a pattern that matches none is an error with the nearest name.
std::vector<std::string> match_names(const std::vector<std::string>& patterns, const std::vector<std::string>& names,
                                     std::string_view what);

}  // namespace brain::nn
