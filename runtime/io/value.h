#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "io/array.h"

namespace brain::io {

struct Node;

// What files hold besides numbers in bulk: a tree (a graph without cycles, where parts are shared) of plain
// data. Small values lie inside, the rest in a node that copies share.
class Value {
 public:
  Value() = default;  // null
  Value(bool value) : data_(value) {}
  Value(std::int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char*) = delete;  // would be a bool: see text()
  Value(std::shared_ptr<Node> node) : data_(std::move(node)) {}
  template <class T>
  static Value of(T content);  // a new node that holds the content

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* number() const { return std::get_if<double>(&data_); }
  const std::shared_ptr<Node>* node() const { return std::get_if<std::shared_ptr<Node>>(&data_); }
  template <class T>
  T* as() const;  // the node's content when it is a T, else null

  const char* kind() const;  // "int", "dict", ...: Python's words, for messages

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<Node>> data_;
};

struct BigInteger {
  std::string decimal;
};
struct Text {
  Bytes bytes;  // usually UTF-8
  std::string_view view() const { return bytes.text(); }
};
struct Blob {
  Bytes bytes;
};
struct List {
  std::vector<Value> items;
};
struct Tuple {
  std::vector<Value> items;
};
struct Set {
  std::vector<Value> items;
};

// Keys in the order in which they first came. Anything Python can hash may be a key.
class Dict {
 public:
  void set(Value key, Value value);
  void put(std::string_view name, Value value);  // under a text
  const Value* find(std::string_view key) const;
  const std::vector<std::pair<Value, Value>>& items() const { return items_; }

 private:
  std::vector<std::pair<Value, Value>> items_;
  std::unordered_multimap<std::size_t, std::size_t> places_;  // hash of the key's text, index
};

// An object of a class that is not data of its own ("argparse.Namespace"), taken apart but never made; or the
// class or function itself, when `instance` is false. What is absent is null.
struct Record {
  std::string name;
  bool instance = true;
  Value arguments;  // tuple: what the class would have been called with
  Value state;      // mostly a dict of attributes
  Value items;      // list: of a class derived from list
  Value entries;    // dict: of a class derived from dict
};

struct Node {
  std::variant<BigInteger, Text, Blob, List, Tuple, Set, Dict, Array, Record> content;
};

template <class T>
Value Value::of(T content) {
  return Value(std::make_shared<Node>(Node{std::move(content)}));
}

template <class T>
T* Value::as() const {
  const auto* shared = node();
  return shared && *shared ? std::get_if<T>(&(*shared)->content) : nullptr;
}

Value text(std::string_view content);
// The items of a list, tuple or set; null for anything else.
const std::vector<Value>* sequence(const Value& value);

// What Python would print for a value that may be a key: 'name', 3, (1, 2). Throws for what cannot be hashed.
std::string key_text(const Value& key);

// Throws "WHERE: ..." when the value is nested deeper than `depth` or contains itself; afterwards it may be
// walked by recursion (each shared part once, or the walk may take exponential time). Returns the nodes it is
// made of.
std::vector<const Node*> check_nesting(const Value& value, const std::string& where, int depth = 1000);

}  // namespace brain::io
