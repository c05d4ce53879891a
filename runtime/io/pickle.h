#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// Reads Python pickles (protocols 0 to 5) as data. Classes and functions are names only: what is known
// becomes a Value (pickle_globals.h), any other object a Record, and names that could do harm are errors.
// Bounded in depth (1000), in containers (5 million) and, as every length is compared with what is left, in
// memory.
class Unpickler {
 public:
  // Turns a persistent id (a storage of a checkpoint) into a Value.
  using Persistent = std::function<Value(const Value& id)>;

  explicit Unpickler(Cursor& cursor, Persistent persistent = {});
  ~Unpickler();
  Unpickler(const Unpickler&) = delete;
  Unpickler& operator=(const Unpickler&) = delete;

  // The value of one pickle; the cursor then stands behind its STOP.
  Value load();

 private:
  void step(std::uint8_t opcode);
  bool step_text(std::uint8_t opcode);    // the lines of protocol 0
  bool step_object(std::uint8_t opcode);  // classes, calls, states
  void push(Value value);
  template <class T>
  void make(T content);
  Value pop();
  Value& top();
  std::vector<Value> pop_to_mark();
  void memoize(std::uint64_t place);
  void fetch(std::uint64_t place);
  void append(const std::vector<Value>& items);
  void set_items(const std::vector<Value>& pairs);
  void put_entry(Value& dict, Value key, Value value);
  void global(std::string_view module, std::string_view name);
  void reduce(Value callable, Value arguments);
  void new_object(const Value& type, Value arguments);
  void build(Value state);
  void persistent(const Value& id);
  Value long_integer(const Bytes& bytes) const;
  void release(const std::vector<const Node*>& kept);

  Cursor& cursor_;
  Persistent persistent_;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::vector<Value> memo_;
  std::vector<std::shared_ptr<Node>> nodes_;  // all that were made, so that none is freed by recursion
  std::size_t budget_;                        // bytes that calls may still copy
  std::size_t start_ = 0;
  bool done_ = false;
};

// A pickle that stands alone. Throws when anything but zeros follows it.
Value read_pickle(Bytes bytes, const std::string& name);

}  // namespace brain::io
