#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "io/value.h"

namespace brain::io {

// Writes Python pickles: numbers, text, bytes, lists, tuples, sets and dicts; how an array is written is the
// caller's, as checkpoints and NumPy differ in it. Everything goes to `out` piece by piece, the memory of
// arrays without a copy.
class Pickler {
 public:
  using Out = std::function<void(std::string_view)>;
  using Tensor = std::function<void(Pickler&, const Array&)>;

  // `protocol`: 2 (no bytes) or 4. `what` names the file's kind in messages ("a checkpoint").
  Pickler(int protocol, Out out, Tensor tensor, std::string what);

  void write(const Value& value);
  void finish() { raw("."); }

  // Pieces for those who write tensors.
  void raw(std::string_view opcodes) { out_(opcodes); }
  void string(std::string_view content);
  void bytes(std::string_view content);
  void integer(std::int64_t value);
  void sizes(const Shape& shape);  // a tuple

 private:
  void little(std::uint64_t value, int count);
  void write(const Value& value, int depth);

  Out out_;
  Tensor tensor_;
  std::string what_;
};

// A NumPy array as pickle: `tensor` for a Pickler of protocol 4. Row-major, little-endian.
void pickle_numpy(Pickler& pickler, const Array& array);

// The pickle of an object array without dimensions that holds the value: what numpy.save writes for a dict.
void pickle_numpy_object(const Value& value, const Pickler::Out& out, const std::string& what);

}  // namespace brain::io
