#pragma once
#include <string>
#include <vector>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

enum class Format { checkpoint, safetensors, npy, npz, json, text, archive };
const char* format_name(Format format);

// Which format a file has: by its content where that tells (zip, pickle, NumPy's magic), else by the
// extension. Throws for an unknown extension, naming the known ones, and for content that is something else,
// saying what (a web page, a Git LFS pointer).
Format detect_format(const std::string& path, const Bytes& content);

struct LoadOptions {
  std::string key;            // one entry of the file's table, or one file of an archive; "" for all
  bool allow_pickle = false;  // read pickled objects in NumPy's files (as data; nothing is run)
};

struct Loaded {
  Value value;
  Value metadata;  // dict of texts (safetensors), or null
  Format format = Format::text;
};

// Reads a whole file. A module saved whole (TorchScript too) comes as the dict of its tensors by name. Of an archive
// (.whl, .zip) one file is read, the key's or the only one that holds tensors; what it holds is loaded.format.
Loaded load_file(const std::string& path, const LoadOptions& options = {});

// Writes in the format of the extension, whole or not at all; metadata is for safetensors.
void save_file(const std::string& path, const Value& value, const Value& metadata = {});

}  // namespace brain::io
