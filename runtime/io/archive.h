#pragma once
#include <string>
#include <vector>

#include "io/bytes.h"

namespace brain::io {

struct ArchivedFile {
  std::string name;  // its path in the archive
  Bytes content;
};

// The file `name` of a zip archive (a Python wheel is one); without a name the only one with an extension in
// `wanted` (".pth", ...; lower case). Otherwise an error that names what is there.
ArchivedFile file_in_archive(const Bytes& archive, const std::string& path, const std::string& name,
                             const std::vector<std::string>& wanted);

}  // namespace brain::io
