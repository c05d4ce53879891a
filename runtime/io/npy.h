#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// Reads NumPy's .npy (versions 1 to 3): a tensor over the file's memory (a copy where bytes must be swapped),
// nested lists for strings. Arrays of Python objects are pickles, read as data when `allow_pickle`; one
// without dimensions is that object. Refuses records, dates, long doubles, and data of another size than the
// shape says.
Value read_npy(const Bytes& content, const std::string& name, bool allow_pickle);

// Reads NumPy's .npz: a dict of arrays, or, unless `key` is empty, that array.
Value read_npz(const Bytes& content, const std::string& name, bool allow_pickle, const std::string& key,
               std::uint64_t max_bytes = 0);

// Write a tensor, or a dict of tensors, row-major and little-endian. Appear whole or not at all. Anything but a
// tensor needs `allow_pickle` and becomes an array of one Python object, as numpy.save writes a dict.
void write_npy(const std::string& path, const Value& value, bool allow_pickle = false);
void write_npz(const std::string& path, const Value& value);

}  // namespace brain::io
