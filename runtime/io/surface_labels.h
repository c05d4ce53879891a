#pragma once
// FreeSurfer's labels over the vertices of a surface. Errors begin with `name`.
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// A .label file: a dict of vertices (int64 [n], -1 for points that lie on none), positions (float64 [n, 3], mm), values
// (float64 [n]) and comment (its first line).
Value read_label(const Bytes& content, const std::string& name);

// An .annot file, a parcellation: a dict of labels (int64 [vertices], 0-based places in names, -1 for none), names (a list),
// colours (uint8 [names, 4]: red, green, blue and transparency, 0 for opaque) and index (int64 [names], the region's number
// in FreeSurfer's table). A vertex belongs to the region whose colour it has.
Value read_annot(const Bytes& content, const std::string& name);

// A colour table (.ctab, or FreeSurferColorLUT.txt under that extension): a dict of index, names, colours.
Value read_ctab(const Bytes& content, const std::string& name);

}  // namespace brain::io
