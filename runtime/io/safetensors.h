#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

struct Safetensors {
  Value tensors;   // dict of name and tensor, in the order of the header
  Value metadata;  // dict of texts; empty when there is none
};

// Reads a safetensors file with every rule of the format: a header of less than 100 MB that is one JSON
// object without double keys, known dtypes, ranges that have the size of their tensor and cover the data
// without overlap or gap. The tensors' memory is the content's.
Safetensors read_safetensors(const Bytes& content, const std::string& name);

// Writes a dict of tensors, wider elements first so that each is aligned, and metadata (a dict of texts, or
// null). Appears whole or not at all.
void write_safetensors(const std::string& path, const Value& tensors, const Value& metadata = {});

}  // namespace brain::io
