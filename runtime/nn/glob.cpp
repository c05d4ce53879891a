#include "nn/glob.h"

#include "core/error.h"
#include "core/nearest.h"

namespace brain::nn {

namespace {

constexpr std::size_t kMostAlternatives = 4096;

bool is_separator(char c) { return c == '.' || c == '/'; }

bool is_integer(std::string_view text) {
  if (text.empty() || text.size() > 6) return false;
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

// The alternatives between two braces: "a,b" or "22..24".
std::vector<std::string> choices(std::string_view inside, const std::string& pattern) {
  std::vector<std::string> list;
  const auto dots = inside.find("..");
  if (dots != std::string_view::npos && is_integer(inside.substr(0, dots)) && is_integer(inside.substr(dots + 2))) {
    const int first = std::stoi(std::string(inside.substr(0, dots))), last = std::stoi(std::string(inside.substr(dots + 2)));
    if (first > last || last - first >= static_cast<int>(kMostAlternatives))
      fail("pattern '", pattern, "': expected a rising range, found {", inside, "}");
    for (int i = first; i <= last; ++i) list.push_back(std::to_string(i));
    return list;
  }
  int depth = 0;
  std::string item;
  for (const char c : inside) {
    depth += (c == '{') - (c == '}');
    if (c == ',' && depth == 0) {
      list.push_back(std::move(item));
      item.clear();
    } else {
      item += c;
    }
  }
  list.push_back(std::move(item));
  return list;
}

void expand(const std::string& text, const std::string& pattern, std::vector<std::string>& out) {
  const auto open = text.find('{');
  if (open == std::string::npos) {
    if (text.find('}') != std::string::npos) fail("pattern '", pattern, "': '}' without '{'");
    if (out.size() == kMostAlternatives) fail("pattern '", pattern, "': stands for more than ", kMostAlternatives, " names");
    out.push_back(text);
    return;
  }
  int depth = 0;
  std::size_t close = open;
  for (; close < text.size(); ++close) {
    depth += (text[close] == '{') - (text[close] == '}');
    if (depth == 0) break;
  }
  if (close == text.size()) fail("pattern '", pattern, "': '{' without '}'");
  for (const auto& choice : choices(std::string_view(text).substr(open + 1, close - open - 1), pattern))
    expand(text.substr(0, open) + choice + text.substr(close + 1), pattern, out);
}

bool match(std::string_view pattern, std::string_view name) {
  while (!pattern.empty()) {
    if (pattern.substr(0, 2) == "**") {
      pattern.remove_prefix(2);
      // a.**.b also matches a.b: the separator after ** goes with it
      if (!pattern.empty() && is_separator(pattern[0]) && match(pattern.substr(1), name)) return true;
      for (std::size_t i = 0; i <= name.size(); ++i)
        if (match(pattern, name.substr(i))) return true;
      return false;
    }
    if (pattern[0] == '*') {
      pattern.remove_prefix(1);
      for (std::size_t i = 0; i <= name.size(); ++i) {
        if (match(pattern, name.substr(i))) return true;
        if (i < name.size() && is_separator(name[i])) return false;
      }
      return false;
    }
    if (is_separator(pattern[0]) && pattern.substr(1) == "**" && name.empty()) return true;  // a.** matches a
    if (name.empty() || (pattern[0] == '?' ? is_separator(name[0]) : pattern[0] != name[0])) return false;
    pattern.remove_prefix(1);
    name.remove_prefix(1);
  }
  return name.empty();
}

}  // namespace

Glob::Glob(std::string pattern) : pattern_(std::move(pattern)) { expand(pattern_, pattern_, alternatives_); }

bool Glob::matches(std::string_view name) const {
  for (const auto& alternative : alternatives_)
    if (match(alternative, name)) return true;
  return false;
}

std::vector<std::string> match_names(const std::vector<std::string>& patterns, const std::vector<std::string>& names,
                                     std::string_view what) {
  std::vector<bool> chosen(names.size(), false);
  for (const auto& pattern : patterns) {
    const Glob glob(pattern);
    bool any = false;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (glob.matches(names[i])) chosen[i] = any = true;
    if (any) continue;
    const std::string near = nearest(pattern, names);
    fail("no ", what, " matches '", pattern, "'", near.empty() ? "" : ", did you mean '" + near + "'?");
  }
  std::vector<std::string> result;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (chosen[i]) result.push_back(names[i]);
  return result;
}

}  // namespace brain::nn
