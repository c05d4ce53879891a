#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// What torch.save wrote: the zip format (also TorchScript archives, whose modules come as Records) and the
// older stream of five pickles; or a plain pickle. Storages stay where they are in the file and are shared as
// they were. Refuses storages whose size differs from what the pickle says, tensors that reach outside of
// them, and big-endian files. `max_bytes` limits what compressed entries unpack to; 0: half of the machine's memory.
Value read_checkpoint(const Bytes& content, const std::string& name, std::uint64_t max_bytes = 0);

// Writes the zip format, so that torch.load(path, weights_only=True) gives the same back: numbers, text,
// lists, tuples, dicts and tensors. Tensors of one storage that are the same stretch of it are written once.
// Appears whole or not at all.
void write_checkpoint(const std::string& path, const Value& value);

}  // namespace brain::io
