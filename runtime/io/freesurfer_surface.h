#pragma once
// FreeSurfer's surfaces (lh.white, lh.pial, lh.inflated, lh.sphere, ...) and values of their vertices (lh.curv, lh.sulc,
// lh.thickness, lh.area, ...). Errors begin with `name`.
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

bool is_surface_geometry(const Bytes& content);  // a triangle or quadrangle file

// A triangle file: a dict of vertices (float32 [n, 3], mm), triangles (int32 [m, 3], 0-based places of vertices) and comment.
Value read_surface_geometry(const Bytes& content, const std::string& name);

// One value for each vertex: float32 [n]. Of both versions of the format; the older holds hundredths in 16 bits.
Array read_vertex_values(const Bytes& content, const std::string& name);

}  // namespace brain::io
