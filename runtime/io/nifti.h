#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// Brain volumes in NIfTI-1 and NIfTI-2 (nifti1.h and nifti2.h of the NIfTI Data Format Working Group), one file, either
// byte order, also gzip-compressed. Axes are x, y, z, then time or whatever the file has; x runs fastest.
struct Nifti {
  Array stored;  // as it lies in the file (the file's memory where the byte order will do)
  // The value of a voxel is slope * stored + intercept.
  double slope = 1, intercept = 0;
  // A dict: affine, float64 [4, 4], from voxel indices to millimetres (sform, else qform, else the voxel sizes);
  // transform, which of these ("sform", "qform", "voxel sizes"); space, its code in words ("scanner", "MNI", ...);
  // voxel_size (float64, one for each axis, the fourth in the file's units of time), units, slope, intercept, intent,
  // description, version.
  Value metadata;

  bool scaled() const { return slope != 1 || intercept != 0; }
  // float64 where there is a scale, else the stored numbers.
  Array values() const;
};

// `max_bytes` limits what is unpacked; 0: half of the machine's memory. Errors begin with `name`.
Nifti read_nifti(const Bytes& content, const std::string& name, std::uint64_t max_bytes = 0);
bool is_nifti(const Bytes& unpacked);

// Writes numbers of at least three axes, without a scale; gzip-compressed where the path ends in .gz. The header is that of
// `like` (the content of a NIfTI file, with the first three axes of the same sizes) as far as it is about space, units and
// time; without one `affine` (float64 [4, 4]) is needed. Appears whole or not at all.
void write_nifti(const std::string& path, const Array& values, const Bytes& like, const std::string& like_name);
void write_nifti(const std::string& path, const Array& values, const Array& affine);

}  // namespace brain::io
