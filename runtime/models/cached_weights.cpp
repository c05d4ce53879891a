#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "core/error.h"
#include "core/hash.h"
#include "models/weights.h"

namespace brain::models {

namespace {

namespace fs = std::filesystem;

std::string library_of(const Entry& entry) { return entry.name.substr(0, entry.name.find('/')); }
std::string bare_name(const Entry& entry) { return entry.name.substr(entry.name.find('/') + 1); }

// The folder that a variable names, else one in ~/.cache.
fs::path cache_folder(const char* variable, const char* otherwise) {
  if (const char* named = std::getenv(variable); named && *named) return named;
  const char *cache = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
  if (cache && *cache) return fs::path(cache) / otherwise;
  return fs::path(home ? home : ".") / ".cache" / otherwise;
}

bool is_hexadecimal(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

struct Found {
  fs::path path;
  std::string hash;  // the digits that the content's SHA-256 begins with, as far as its name tells
};

std::vector<fs::path> children(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

// NAME-0123abcd.pth and NAME.pth
std::vector<Found> in_torch_hub(const fs::path& folder, const std::string& name) {
  std::vector<Found> found;
  for (const auto& path : children(folder)) {
    const std::string extension = path.extension(), stem = path.stem();
    if (extension != ".pth" && extension != ".pt" && extension != ".th" && extension != ".safetensors") continue;
    if (stem == name) found.push_back({path, ""});
    const std::string rest = stem.starts_with(name + "-") ? stem.substr(name.size() + 1) : "";
    if (rest.size() >= 8 && is_hexadecimal(rest)) found.push_back({path, rest});
  }
  return found;
}

// models--timm--NAME or models--timm--NAME.TAG, each with snapshots whose files are links to blobs named by their hash.
std::vector<Found> in_hugging_face(const fs::path& folder, const std::string& library, const std::string& name) {
  std::vector<Found> found;
  const std::string model = "models--" + library + "--" + name;
  for (const auto& path : children(folder)) {
    const std::string own = path.filename();
    if (own != model && !own.starts_with(model + ".")) continue;
    for (const auto& snapshot : children(path / "snapshots"))
      for (const char* file : {"model.safetensors", "pytorch_model.bin"}) {
        std::error_code error;
        if (!fs::exists(snapshot / file, error)) continue;
        const std::string blob = fs::weakly_canonical(snapshot / file, error).filename();
        found.push_back({snapshot / file, blob.size() == 64 && is_hexadecimal(blob) ? blob : ""});
        break;
      }
  }
  return found;
}

// One line that puts the weights where they are looked for, or fetches what is then given as weights=.
std::string download_line(const Entry& entry) {
  const std::string library = library_of(entry), name = bare_name(entry);
  if (!entry.download.empty()) return entry.download;
  if (library == "torchvision")
    return "python3 -c \"import torchvision; torchvision.models." + name + "(weights='IMAGENET1K_V1')\"";
  if (library == "timm") return "python3 -c \"import timm; timm.create_model('" + name + "', pretrained=True)\"";
  if (library == "cornet") return "python3 -c \"import cornet; cornet." + name + "(pretrained=True)\"";
  return "see " + library;
}

}  // namespace

std::string cached_weights(const Entry& entry) {
  const fs::path hub = cache_folder("TORCH_HOME", "torch") / "hub" / "checkpoints";
  const fs::path face = std::getenv("HF_HUB_CACHE") ? fs::path(std::getenv("HF_HUB_CACHE"))
                                                    : cache_folder("HF_HOME", "huggingface") / "hub";
  std::vector<Found> found = in_torch_hub(hub, entry.file.empty() ? bare_name(entry) : entry.file);
  const auto more = in_hugging_face(face, library_of(entry), bare_name(entry));
  found.insert(found.end(), more.begin(), more.end());
  if (found.empty())
    fail("weights of ", entry.name, ": not in ", hub.string(), " nor ", face.string(), "; download them with: ",
         download_line(entry));
  if (found.size() > 1)
    fail("weights of ", entry.name, ": choose with weights=: ", found[0].path.string(), " or ", found[1].path.string());
  const auto& [path, hash] = found[0];
  if (!hash.empty()) {
    const std::string content = sha256_file(path.string());
    if (!content.starts_with(hash))
      fail(path.string(), ": the file is damaged: expected a SHA-256 that begins with ", hash, ", found ",
           content.substr(0, hash.size()));
  }
  return path.string();
}

}  // namespace brain::models
