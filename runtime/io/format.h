#pragma once
#include <string>
#include <vector>

#include "io/bytes.h"
#include "io/image.h"
#include "io/value.h"

namespace brain::io {

enum class Format { checkpoint, safetensors, npy, npz, json, text, jpeg, png, tiff, webp, archive };
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
  Value metadata;  // dict: texts (safetensors); height, width and mode (images); or null
  Format format = Format::text;
};

// Reads a whole file. A module saved whole (TorchScript too) comes as the dict of its tensors by name; an image
// as uint8 [height, width, 3] (image.h). Of an archive (.whl, .zip) one file is read, the key's or the only one that
// holds tensors; loaded.format is that file's.
Loaded load_file(const std::string& path, const LoadOptions& options = {});

// Writes in the format of the extension, whole or not at all; metadata is for safetensors. JPEG and PNG take
// uint8 [h, w, 3] or [h, w].
void save_file(const std::string& path, const Value& value, const Value& metadata = {},
               const JpegOptions& jpeg = {});

}  // namespace brain::io
