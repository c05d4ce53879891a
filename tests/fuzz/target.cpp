// libFuzzer's entry: the reader of the environment variable BRAIN_FUZZ_READER. With BRAIN_FUZZ_SEEDS=FOLDER its seeds are
// written there first; BRAIN_FUZZ_READER=list prints the readers' names.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/readers.h"

namespace {

const fuzz::Reader* reader = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("BRAIN_FUZZ_READER");
  if (name && std::string(name) == "list") {
    for (const fuzz::Reader& one : fuzz::readers()) std::puts(one.name);
    std::exit(0);
  }
  reader = fuzz::find_reader(name ? name : "");
  if (!reader) {
    std::fprintf(stderr, "BRAIN_FUZZ_READER: expected the name of a reader, found '%s'\n", name ? name : "");
    std::exit(2);
  }
  if (const char* folder = std::getenv("BRAIN_FUZZ_SEEDS")) {
    std::filesystem::create_directories(folder);
    std::size_t count = 0;
    for (const std::string& content : fuzz::seeds(*reader))
      std::ofstream(std::filesystem::path(folder) / ("seed" + std::to_string(count++)), std::ios::binary) << content;
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::run(*reader, data, size);
  return 0;
}
