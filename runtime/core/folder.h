#pragma once
#include <optional>
#include <string>
#include <vector>

namespace brain {

// The names of a folder's entries in the order of their bytes, hidden ones left out; nothing when there is no
// such folder. Throws when it cannot be read.
std::optional<std::vector<std::string>> folder_entries(const std::string& path);

// Makes a folder and those above it, where they are not there yet.
void make_folders(const std::string& path);

}  // namespace brain
