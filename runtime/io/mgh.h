#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// FreeSurfer's volumes and maps over surfaces (.mgh, and .mgz with gzip; version 1, big-endian).
struct Mgh {
  Array values;  // [x, y, z], [x, y, z, frames]; maps over surfaces are [vertices, 1, 1]. x runs fastest in memory
  // A dict: affine, float64 [4, 4], from voxel indices to millimetres of the scanner; voxel_size, float64 [3]; oriented,
  // false where the file says that it does not know its position (then FreeSurfer's coronal default is meant); where the
  // file has it repetition_time in ms.
  Value metadata;
};

// `max_bytes` limits what is unpacked; 0: half of the machine's memory. Errors begin with `name`.
Mgh read_mgh(const Bytes& content, const std::string& name, std::uint64_t max_bytes = 0);

// Writes numbers with the position of `like`, the content of such a file with the first three axes of the same sizes.
// Vectors may be given for maps over surfaces. Types: uint8 (booleans too), int16, int32, float32. gzip where the path ends in
// .mgz. Appears whole or not at all.
void write_mgh(const std::string& path, const Array& values, const Bytes& like, const std::string& like_name);

}  // namespace brain::io
