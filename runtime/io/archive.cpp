#include "io/archive.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/nearest.h"
#include "io/error.h"
#include "io/zip.h"

namespace brain::io {
namespace {

std::string extension(const std::string& name) {
  std::string text = std::filesystem::path(name).extension().native();
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

ArchivedFile file_in_archive(const Bytes& archive, const std::string& path, const std::string& name,
                             const std::vector<std::string>& wanted) {
  const ZipReader reader(archive, path);
  if (!name.empty()) {
    if (const auto* entry = reader.find(name)) return {name, reader.read(*entry, true)};
    std::vector<std::string> names;
    for (const auto& entry : reader.entries()) names.push_back(entry.name);
    const std::string near = nearest(name, names);
    fail(path, ": no file '", name, "' among ", names.size(), near.empty() ? "" : ", did you mean '" + near + "'?");
  }
  std::vector<const ZipReader::Entry*> found;
  for (const auto& entry : reader.entries())
    if (std::find(wanted.begin(), wanted.end(), extension(entry.name)) != wanted.end()) found.push_back(&entry);
  if (found.size() == 1) return {found[0]->name, reader.read(*found[0], true)};
  if (found.empty()) fail(path, ": none of the ", reader.entries().size(), " files in this archive holds tensors");
  fail(path, ": ", found.size(), " files in this archive hold tensors, choose one with key=: ", found[0]->name, ", ",
       found[1]->name, found.size() > 2 ? ", ..." : "");
}

}  // namespace brain::io
