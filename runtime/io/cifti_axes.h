#pragma once
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// Puts axes and metadata (see cifti.h) of the XML of a CIFTI-2 file into `dict`. `matrix` has the sizes of the axes: models
// that reach beyond them, overlap or leave places out are an error, as are places that need more than max_bytes.
void read_cifti_axes(const Bytes& xml, const Shape& matrix, const std::string& name, std::uint64_t max_bytes, Dict& dict);

// The element about the brain models along the second axis, as it stands in the file. Throws where that axis has none.
std::string brain_models_xml(const Bytes& xml, const std::string& name);

}  // namespace brain::io
