#pragma once
// Elements of data sets and attributes: what a file's type is in memory, and values from the bytes read.
#include <functional>
#include <string>
#include <vector>

#include "io/hdf5_handle.h"
#include "io/value.h"

namespace brain::io::hdf5 {

// One element as it is read, in native byte order and packed.
struct Element {
  enum class Kind { number, fixed_text, text, opaque, object, region, list, array, compound };
  Kind kind = Kind::number;
  DType dtype = DType::float64;  // number
  std::size_t size = 8;          // bytes in memory
  Shape shape;                   // array
  Handle type;                   // in memory
  std::vector<std::string> names;
  std::vector<Element> parts;  // of a compound by name; of a list or array one

  // Whether reading it leaves memory of the library's in the bytes (texts and lists of any length).
  bool holds_pointers() const;
  std::string describe() const;  // "float32", "string", "compound {x float64, n int32}"
};

// Throws "WHERE: ..." for types without a counterpart (dates, numbers wider than 64 bits).
Element describe_type(hid_t file_type, const std::string& where, int depth = 0);

// The path of the object a reference (as it lies in memory) points to; null for none.
using Resolve = std::function<Value(const Element& element, const std::uint8_t* reference)>;

// The value of `count` elements of a shape: numbers as an array over these bytes (no copy), texts and lists
// as nested lists, compounds as a dict of columns. A number without dimensions is itself.
Value make_value(const Element& element, const Bytes& bytes, const Shape& shape, const Resolve& resolve,
                 const std::string& where);

// The type that numbers of a dtype have in files and memory; booleans and complex numbers as h5py writes
// them.
Handle number_type(DType dtype, const std::string& where);

}  // namespace brain::io::hdf5
