#pragma once
#include <string>
#include <vector>

#include "io/bytes.h"
#include "io/image.h"
#include "io/value.h"

namespace brain::io {

enum class Format {
  checkpoint, safetensors, npy, npz, json, text, hdf5, csv, archive, matlab,
  nifti, cifti, mgh, label, annot, ctab, gifti, surface, vertex_values,
  jpeg, png, tiff, webp
};
const char* format_name(Format format);

// Which format a file has: by its content where that tells (zip, pickle, NumPy's magic), else by the
// extension. Throws for an unknown extension, naming the known ones, and for content that is something else,
// saying what (a web page, a Git LFS pointer).
Format detect_format(const std::string& path, const Bytes& content);

struct LoadOptions {
  std::string key;            // one entry of the file's table, a path in HDF5, one file of an archive; "" for all
  bool allow_pickle = false;  // read pickled objects in NumPy's files (as data; nothing is run)
  bool metadata = false;      // read HDF5's attributes, too
  std::uint64_t max_bytes = 0;  // of memory for what is unpacked or copied; 0: half of the machine's
  bool scaled = true;         // NIfTI: apply slope and intercept; otherwise the stored numbers come
};

struct Loaded {
  Value value;
  Value metadata;  // dict: texts (safetensors), path -> attributes (HDF5), height, width and mode (images), affine and
                   // more (NIfTI, MGH: see there); or null
  Format format = Format::text;
};

// Reads a whole file. A module saved whole (TorchScript too) comes as the dict of its tensors by name; an image
// as uint8 [height, width, 3] (image.h). Of an archive (.whl, .zip) one file is read, the key's or the only one that
// holds tensors; loaded.format is that file's.
Loaded load_file(const std::string& path, const LoadOptions& options = {});

struct SaveOptions {
  Value metadata;    // as Loaded has it; for safetensors, HDF5 and NIfTI (affine)
  int compress = 0;  // gzip level, for HDF5
  bool fixed_texts = false;   // lists of texts as strings of one length, for HDF5
  Value links;                // external links, for HDF5 (hdf5.h)
  bool allow_pickle = false;  // see write_npy; for npy
  JpegOptions jpeg = {};
  std::string like;  // an image whose position a volume has, for NIfTI and MGH; for CIFTI one with the same brain models
};

// Writes in the format of the extension, whole or not at all. JPEG and PNG take uint8 [h, w, 3] or [h, w].
void save_file(const std::string& path, const Value& value, const SaveOptions& options = {});

}  // namespace brain::io
