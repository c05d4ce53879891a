#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "io/bytes.h"

namespace brain::io {

// What both versions of the header hold, in the widest type of the two.
struct NiftiHeader {
  int version = 1;
  std::int64_t data_offset = 352;  // bytes
  std::array<std::int64_t, 8> sizes{};  // how many axes, then their sizes
  std::array<double, 8> steps{1, 1, 1, 1, 1, 1, 1, 1};  // the sign of the qform's third axis, then voxel sizes
  std::int32_t datatype = 0, bits = 0;
  std::int32_t qform_code = 0, sform_code = 0;
  std::array<double, 6> quaternion{};  // b, c, d, then the offsets
  std::array<double, 12> rows{};       // of the sform's matrix
  double slope = 0, intercept = 0;     // slope 0: no scale
  std::int32_t units = 0, intent_code = 0, slice_code = 0;
  std::array<double, 3> intent{};
  double time_offset = 0, slice_duration = 0, shown_max = 0, shown_min = 0;
  std::int64_t slice_start = 0, slice_end = 0;
  std::uint8_t dim_info = 0;
  std::string description, auxiliary, intent_name;

  std::size_t bytes() const { return version == 1 ? 348 : 540; }
  std::array<double, 16> affine(std::string* transform = nullptr) const;  // row by row; and which it is
};

// Throws "NAME: ..." where the content does not begin with a header of a single-file NIfTI. `swap` is set where the file
// has the other byte order.
NiftiHeader parse_nifti_header(const Bytes& content, const std::string& name, bool& swap);
// In little-endian order, followed by the four bytes that say that no extensions follow.
std::string nifti_header_bytes(const NiftiHeader& header);
// The first extension with that code between the header and the voxels; empty where there is none.
Bytes nifti_extension(const Bytes& content, const NiftiHeader& header, std::int32_t code, bool swap, const std::string& name);

}  // namespace brain::io
