// One file out of a zip archive.
#include "io/archive.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "core/atomic_file.h"
#include "io/format.h"
#include "io/zip.h"

using namespace brain;
using namespace brain::io;

namespace {

struct Archive {
  explicit Archive(const std::vector<std::pair<std::string, std::string>>& files)
      : path((std::filesystem::temp_directory_path() / ("brain_archive_" + std::to_string(getpid()) + ".whl")).string()) {
    AtomicFile file(path);
    ZipWriter writer(file);
    for (const auto& [name, content] : files) writer.add(name, content);
    writer.finish();
    file.commit();
  }
  ~Archive() { std::filesystem::remove(path); }
  std::string path;
};

std::string content_of(const std::string& path) { return std::string(File(path).bytes().text()); }

}  // namespace

TEST_CASE("a file in an archive is found by name, or as the only one with tensors") {
  const Archive archive({{"package/__init__.py", "x = 1"},
                         {"package/a.PTH", content_of("tests/data/checkpoints/training_legacy.pth")}});
  const Bytes content = File(archive.path).bytes();
  CHECK(file_in_archive(content, "a.whl", "package/__init__.py", {}).content.text() == "x = 1");
  CHECK(file_in_archive(content, "a.whl", "", {".pth"}).name == "package/a.PTH");
  CHECK_THROWS_WITH(file_in_archive(content, "a.whl", "package/b.PTH", {}),
                    "a.whl: no file 'package/b.PTH' among 2, did you mean 'package/a.PTH'?");
  CHECK_THROWS_WITH(file_in_archive(content, "a.whl", "", {".npz"}), "a.whl: none of the 2 files in this archive holds tensors");
  CHECK(detect_format(archive.path, content) == Format::archive);
  const Loaded loaded = load_file(archive.path);
  CHECK(loaded.format == Format::checkpoint);
  CHECK(loaded.value.as<Dict>()->find("state_dict"));
}

TEST_CASE("an archive with several files of tensors asks which") {
  const std::string npy = content_of("tests/data/checkpoints/small.safetensors");
  const Archive archive({{"a.safetensors", npy}, {"b.safetensors", npy}});
  CHECK_THROWS_WITH(load_file(archive.path), Catch::Contains("2 files in this archive hold tensors, choose one with key=: a.safetensors, b.safetensors"));
  CHECK(load_file(archive.path, {.key = "b.safetensors"}).format == Format::safetensors);
}
