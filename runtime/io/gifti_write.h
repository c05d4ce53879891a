#pragma once
#include <string>

#include "io/value.h"

namespace brain::io {

// Writes what read_gifti gives: a dict of arrays (a list of dicts of data, intent, space, metadata; or of tensors), labels
// (key, names, colours) and metadata, or a tensor of one value for each vertex, [vertices], or several maps, [maps, vertices].
// Types are those that the format has: uint8 (booleans too), int32 (integers that fit) and float32. Packed, base64. Appears
// whole or not at all.
void write_gifti(const std::string& path, const Value& value);

}  // namespace brain::io
