#pragma once
// Every reader of runtime/io as a function of bytes, for the mutation test and for libFuzzer.
#include <span>
#include <string>
#include <vector>

#include "io/bytes.h"

namespace fuzz {

struct Reader {
  const char* name;
  // Reads as file.load does, with at most 64 MiB of unpacked data; throws brain::Error for what it refuses.
  void (*read)(const brain::io::Bytes& content, const std::string& name);
  // Where contents lie that are accepted: files of tests/data, as FOLDER/*.EXTENSION or FOLDER/NAME.
  std::vector<const char*> files;
};

std::span<const Reader> readers();
const Reader* find_reader(const std::string& name);

// The contents that mutations start from: those files, some that are made here, and what once went wrong
// (tests/fuzz/regressions/NAME). Run from the top of the repository.
std::vector<std::string> seeds(const Reader& reader);

// Reads the content; what is refused must be refused in one line that begins with the name. False where it was refused.
// Anything else ends the process.
bool run(const Reader& reader, const void* data, std::size_t size);

// What a process that ended inside run() has left behind.
void remove_left(int process);

}  // namespace fuzz
