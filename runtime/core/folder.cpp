#include "core/folder.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"

namespace brain {

std::optional<std::vector<std::string>> folder_entries(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::nullopt;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
    if (std::string name = entry->path().filename().native(); name[0] != '.')
      names.push_back(std::move(name));
  if (error) fail(path, ": ", error.message());
  std::sort(names.begin(), names.end());
  return names;
}

void make_folders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail(path, ": cannot make the folder: ", error.message());
}

}  // namespace brain
