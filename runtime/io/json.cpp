#include "io/json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/error.h"

namespace brain::io {
namespace {

// Builds the Value from the parser's events: one open container per level.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(const std::string& name, int depth) : name_(name), depth_(static_cast<std::size_t>(depth)) {}
  Value result;

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override {
    if (value <= INT64_MAX) return add(static_cast<std::int64_t>(value));
    return add(Value::of(BigInteger{std::to_string(value)}));
  }
  bool number_float(double value, const std::string& digits) override {
    if (digits.find_first_of(".eE") == std::string::npos) return add(Value::of(BigInteger{digits}));
    return add(value);
  }
  bool string(std::string& value) override { return add(text(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::of(Dict())); }
  bool start_array(std::size_t) override { return open(Value::of(List())); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (open_.back().as<Dict>()->find(name)) fail(name_, ": the key '", name, "' comes twice");
    keys_.back() = text(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    std::string why =
        error.what();  // "[json.exception.parse_error.101] parse error at line 1, column 2: WHY"
    if (const auto at = why.find("parse error"); at != std::string::npos) why = why.substr(at);
    for (char& c : why) c = c >= 0 && c < ' ' ? ' ' : c;
    fail(name_, ": not JSON: ", why);
  }

 private:
  bool add(Value value) {
    if (open_.empty()) result = std::move(value);
    else if (auto* list = open_.back().as<List>()) list->items.push_back(std::move(value));
    else open_.back().as<Dict>()->set(keys_.back(), std::move(value));
    return true;
  }
  bool open(Value container) {
    if (open_.size() >= depth_) fail(name_, ": nested deeper than ", depth_);
    add(container);
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  const std::string& name_;
  std::size_t depth_;
  std::vector<Value> open_, keys_;
};

// Length of the UTF-8 sequence at the front, 0 when it is none (RFC 3629).
std::size_t utf8_length(std::string_view s) {
  const auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf && follows(1)) return 2;
  if (a >= 0xe0 && a <= 0xef && follows(1) && follows(2) && !(a == 0xe0 && b < 0xa0) &&
      !(a == 0xed && b > 0x9f))
    return 3;
  if (a >= 0xf0 && a <= 0xf4 && follows(1) && follows(2) && follows(3) && !(a == 0xf0 && b < 0x90) &&
      !(a == 0xf4 && b > 0x8f))
    return 4;
  return 0;
}

void write_text(std::string_view content, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < content.size();) {
    const std::size_t length = utf8_length(content.substr(i));
    if (length == 0) fail("JSON holds UTF-8 text only, found other bytes");
    const auto c = static_cast<unsigned char>(content[i]);
    if (c == '"' || c == '\\') (out += '\\') += static_cast<char>(c);
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c < ' ') (out += c < 16 ? "\\u000" : "\\u001") += "0123456789abcdef"[c % 16];
    else out.append(content, i, length);
    i += length;
  }
  out += '"';
}

void write(const Value& value, std::string& out, std::size_t indent);

template <class F>
void write_block(char first, char last, std::size_t count, bool lines, std::size_t indent, std::string& out,
                 F item) {
  out += first;
  for (std::size_t i = 0; i < count; ++i) {
    if (lines) out.append(i ? ",\n" : "\n").append(indent + 2, ' ');
    else if (i) out += ", ";
    item(i);
  }
  if (lines && count) out.append("\n").append(indent, ' ');
  out += last;
}

void write(const Value& value, std::string& out, std::size_t indent) {
  if (indent > 2000) fail("JSON is nested at most 1000 deep");
  if (value.is_null()) out += "null";
  else if (const auto* b = value.boolean()) out += *b ? "true" : "false";
  else if (const auto* i = value.integer()) out += std::to_string(*i);
  else if (const auto* big = value.as<BigInteger>()) out += big->decimal;
  else if (const auto* d = value.number()) {
    if (!std::isfinite(*d)) fail("JSON has no ", std::isnan(*d) ? "NaN" : "infinity");
    char digits[32];
    const std::string_view shortest(digits, std::to_chars(digits, digits + sizeof digits, *d).ptr - digits);
    out.append(shortest);
    if (shortest.find_first_of(".e") == std::string_view::npos) out += ".0";
  } else if (const auto* t = value.as<Text>()) write_text(t->view(), out);
  else if (const auto* items = sequence(value)) {
    bool lines = false;
    for (const Value& item : *items) lines = lines || sequence(item) || item.as<Dict>();
    write_block('[', ']', items->size(), lines, indent, out,
                [&](std::size_t n) { write((*items)[n], out, indent + 2); });
  } else if (const auto* dict = value.as<Dict>()) {
    write_block('{', '}', dict->items().size(), true, indent, out, [&](std::size_t n) {
      const auto& [key, item] = dict->items()[n];
      if (const auto* name = key.as<Text>()) write_text(name->view(), out);
      else if (key.integer()) write_text(key_text(key), out);
      else fail("JSON has text as keys, found a ", key.kind());
      out += ": ";
      write(item, out, indent + 2);
    });
  } else
    fail("JSON cannot hold a ", value.kind(),
         value.as<Array>() ? ": make it a list, or save it as safetensors" : "");
}

}  // namespace

Value parse_json(std::string_view content, const std::string& name, int depth) {
  Builder builder(name, depth);
  nlohmann::json::sax_parse(content, &builder);
  return std::move(builder.result);
}

std::string to_json(const Value& value) {
  std::string out;
  write(value, out, 0);
  return out + "\n";
}

}  // namespace brain::io
