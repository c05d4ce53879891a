#include "io/value.h"

#include <charconv>
#include <optional>

#include "io/error.h"

namespace brain::io {
namespace {

constexpr std::size_t kLongestKey = 4096;  // bytes: keys are compared and hashed whole

void append_key(const Value& key, std::string& out, int depth) {
  const auto* string = key.as<Text>();
  if (out.size() + (string ? string->view().size() : 0) > kLongestKey)
    fail("a key is longer than ", kLongestKey, " bytes");
  if (key.is_null()) out += "None";
  else if (const auto* b = key.boolean()) out += *b ? "True" : "False";
  else if (const auto* i = key.integer()) out += std::to_string(*i);
  else if (const auto* d = key.number()) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, *d).ptr);
  } else if (const auto* big = key.as<BigInteger>()) out += big->decimal;
  else if (string) out.append("'").append(string->view()).append("'");
  else if (const auto* b = key.as<Blob>())
    out.append("b'").append(b->bytes.text().substr(0, kLongestKey)).append("'");
  else if (const auto* tuple = key.as<Tuple>()) {
    if (depth == 0) fail("a key is nested too deeply");
    out += '(';
    for (std::size_t i = 0; i < tuple->items.size(); ++i) {
      if (i) out += ", ";
      append_key(tuple->items[i], out, depth - 1);
    }
    out += tuple->items.size() == 1 ? ",)" : ")";
  } else if (const auto* record = key.as<Record>()) {
    out += '<' + record->name;
    if (record->instance)
      out += join_text(' ', static_cast<const void*>(key.node()->get()));  // each object is its own
    out += '>';
  } else if (key.as<Array>()) out += join_text("<tensor ", static_cast<const void*>(key.node()->get()), '>');
  else fail("a ", key.kind(), " cannot be the key of a dict");
}

// Depth-first; `heights` holds what is finished, an empty one marks the path.
struct NestingCheck {
  const std::string& where;
  int limit;
  std::unordered_map<const Node*, std::optional<int>> heights;

  int visit(const Value& value, int depth) {
    const auto* shared = value.node();
    if (!shared) return 0;
    auto [place, added] = heights.try_emplace(shared->get());
    if (!added) {
      if (!place->second) fail(where, ": a ", value.kind(), " contains itself");
      if (depth + *place->second > limit) too_deep();
      return *place->second;
    }
    if (depth >= limit) too_deep();
    int height = 0;
    const auto down = [&](const Value& child) { height = std::max(height, visit(child, depth + 1)); };
    if (const auto* items = sequence(value)) {
      for (const Value& item : *items) down(item);
    } else if (const auto* dict = value.as<Dict>()) {
      for (const auto& [key, item] : dict->items()) {
        down(key);
        down(item);
      }
    } else if (const auto* record = value.as<Record>()) {
      for (const Value* part : {&record->arguments, &record->state, &record->items, &record->entries})
        down(*part);
    }
    heights[shared->get()] = height + 1;
    return height + 1;
  }

  [[noreturn]] void too_deep() const { fail(where, ": nested deeper than ", limit); }
};

}  // namespace

const char* Value::kind() const {
  if (is_null()) return "None";
  if (boolean()) return "bool";
  if (integer() || as<BigInteger>()) return "int";
  if (number()) return "float";
  if (as<Text>()) return "str";
  if (as<Blob>()) return "bytes";
  if (as<List>()) return "list";
  if (as<Tuple>()) return "tuple";
  if (as<Set>()) return "set";
  if (as<Dict>()) return "dict";
  if (as<Array>()) return "tensor";
  const auto* record = as<Record>();
  return record ? record->name.c_str() : "?";
}

void Dict::set(Value key, Value value) {
  const std::string name = key_text(key);
  const std::size_t hash = std::hash<std::string>()(name);
  const auto [first, last] = places_.equal_range(hash);
  for (auto place = first; place != last; ++place) {
    if (key_text(items_[place->second].first) != name) continue;
    items_[place->second].second = std::move(value);
    return;
  }
  places_.emplace(hash, items_.size());
  items_.emplace_back(std::move(key), std::move(value));
}

void Dict::put(std::string_view name, Value value) { set(text(name), std::move(value)); }

const Value* Dict::find(std::string_view key) const {
  const auto [first, last] = places_.equal_range(std::hash<std::string>()(join_text('\'', key, '\'')));
  for (auto place = first; place != last; ++place) {
    const auto* name = items_[place->second].first.as<Text>();
    if (name && name->view() == key) return &items_[place->second].second;
  }
  return nullptr;
}

Value text(std::string_view content) { return Value::of(Text{Bytes::from(std::string(content))}); }

const std::vector<Value>* sequence(const Value& value) {
  if (const auto* list = value.as<List>()) return &list->items;
  if (const auto* tuple = value.as<Tuple>()) return &tuple->items;
  if (const auto* set = value.as<Set>()) return &set->items;
  return nullptr;
}

std::string key_text(const Value& key) {
  std::string out;
  append_key(key, out, 16);
  return out;
}

std::vector<const Node*> check_nesting(const Value& value, const std::string& where, int depth) {
  NestingCheck check{where, depth, {}};
  check.visit(value, 0);
  std::vector<const Node*> nodes;
  nodes.reserve(check.heights.size());
  for (const auto& [node, height] : check.heights) nodes.push_back(node);
  return nodes;
}

}  // namespace brain::io
