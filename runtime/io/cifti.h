#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// Maps over grayordinates in CIFTI-2 (.dscalar.nii, .dtseries.nii, .dlabel.nii, .pscalar.nii, .dconn.nii, ...): a NIfTI-2
// file with XML in its extension 32. A dict of
//   data     the numbers, mostly [maps, grayordinates]
//   axes     what the places along each axis are, a list of dicts with kind:
//            'brain_models'  structures (a list, such as 'CORTEX_LEFT'), structure (int64 [n], place in structures), vertex
//                            (int64 [n], -1 for voxels), voxel (int64 [n, 3], -1 for vertices), surface_vertices (int64
//                            [structures], 0 for volumes) and, where there are voxels, volume_shape and affine (to mm)
//            'scalars'       names, a list
//            'labels'        names, and tables: a list of dicts of key, names and colours, one for each map
//            'series'        start, step, unit
//            'parcels'       names
//   metadata  a dict of texts
// Errors begin with `name`; `max_bytes` limits what gzip unpacks and the places; 0: half of the machine's memory.
Value read_cifti(const Bytes& content, const std::string& name, std::uint64_t max_bytes = 0);
bool is_cifti(const Bytes& content);

// Writes values [grayordinates] or [maps, grayordinates] as scalars in float32 over the brain models of `like`, a CIFTI-2
// file; names of the maps may be given. Appears whole or not at all.
void write_cifti(const std::string& path, const Array& values, const std::vector<std::string>& names, const Bytes& like,
                 const std::string& like_name);

}  // namespace brain::io
