#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// Surfaces and maps over them in GIFTI (Surface Data Format of the NIfTI working group, 1.0): a dict of
//   arrays    a list of dicts: data (a tensor of the file's shape and type), intent ("pointset", "triangle", "label",
//             "shape", "time_series", ...), metadata (a dict of texts) and, for coordinates, space
//   labels    a dict of key (int64 [n]), names (a list) and colours (float32 [n, 4], red, green, blue, alpha from 0 to 1),
//             where the file has any
//   metadata  a dict of texts
// Numbers as text, base64 and compressed base64. Entities of the file's own and data in other files are refused. `max_bytes`
// limits each array; 0: half of the machine's memory. Errors begin with `name`; a minimal build has no GIFTI.
Value read_gifti(const Bytes& content, const std::string& name, std::uint64_t max_bytes = 0);

}  // namespace brain::io
