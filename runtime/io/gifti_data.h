#pragma once
#include <cstdint>
#include <string>

#include "io/array.h"

namespace brain::io {

// What the attributes of a GIFTI data array say, and its numbers as an array. Errors begin with `where`.
struct GiftiData {
  std::string type = "NIFTI_TYPE_FLOAT32", encoding = "ASCII", endian = "LittleEndian", order = "RowMajorOrder";
  Shape shape;

  Array decode(const std::string& text, const std::string& where, std::uint64_t max_bytes) const;
};

// Base64 of RFC 4648; blanks and ends of lines are passed over.
std::string decode_base64(std::string_view text, const std::string& where);
std::string encode_base64(std::string_view bytes);

}  // namespace brain::io
