#pragma once
#include <span>
#include <string_view>

namespace brain {

// A file of stdlib/ compiled into the binary; name is its path below stdlib/.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_files();

}  // namespace brain
