#pragma once
// HDF5 files (h5py, NetCDF 4, MATLAB 7.3): groups as dicts in the file's order, data sets as arrays. Nothing
// outside the file is ever read: external links are null, data in other files and filters from plug-ins are
// refused. Numbers come in native byte order with the width they have; h5py's booleans and complex numbers as
// such; texts as texts, in nested lists by shape; compounds as a dict of columns; references as the path they
// point to; data sets without a space (h5py.Empty) as null; scalars as numbers. MATLAB's arrays have the order
// of the file, which is the reverse of MATLAB's. Errors (brain::Error) name the file and the object. A minimal
// build throws from every function here that it has no HDF5.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/value.h"

namespace brain::io {

struct Hdf5Options {
  std::int64_t max_bytes = 0;  // of memory for one call of read; 0: half of the machine's
  int max_depth = 100;         // groups inside groups
  std::int64_t max_objects = 1'000'000;
};

// What is known of an object without reading its data.
struct Hdf5Entry {
  enum class Kind { group, dataset, other };
  Kind kind = Kind::other;
  std::string path;            // "group/data", "" for the root
  std::string type;            // "float32", "string", "compound {x float64, n int32}"
  std::optional<DType> dtype;  // of numbers
  Shape shape;
  std::int64_t bytes = 0;   // in memory (texts: their pointers)
  std::int64_t stored = 0;  // in the file
  std::string note;         // "gzip 4, chunks (64, 100)", "as a/b", "external link to x.h5, not followed"
};

// Part of an axis: start, start + step, ... (count of them); step at least 1.
struct Hdf5Range {
  std::int64_t start = 0, step = 1, count = 0;
};
// For each axis the ranges that are read, one behind the other.
using Hdf5Selection = std::vector<std::vector<Hdf5Range>>;

struct Hdf5State;

// An open data set; reading it again reuses decompressed chunks.
class Hdf5Dataset {
 public:
  const Hdf5Entry& entry() const { return entry_; }
  Value read() const;
  // Reads the chosen part only; throws when it does not lie inside.
  Value read(const Hdf5Selection& selection) const;

 private:
  friend class Hdf5File;
  struct Impl;
  Hdf5Entry entry_;
  std::shared_ptr<Impl> impl_;
};

class Hdf5File {
 public:
  explicit Hdf5File(const std::string& path, const Hdf5Options& options = {});
  // Frees the file now; afterwards it and its data sets throw.
  void close();

  bool has(const std::string& name) const;
  // Names in a group, in order of creation where the file keeps it, else sorted.
  std::vector<std::string> keys(const std::string& group = "") const;
  Hdf5Entry entry(const std::string& name) const;
  // Everything below a group, each object before its members.
  std::vector<Hdf5Entry> list(const std::string& group = "") const;
  // A group with all below it, or a data set. Shared objects are shared values.
  Value read(const std::string& name = "") const;
  // A dict of an object's attributes, values as those of data sets.
  Value attributes(const std::string& name = "") const;
  // A dict from "/", "/group", "/group/data" to the attributes of those below that have any.
  Value all_attributes(const std::string& name = "") const;
  Hdf5Dataset dataset(const std::string& name) const;

 private:
  std::shared_ptr<Hdf5State> state_;
};

struct Hdf5WriteOptions {
  int compress = 0;  // gzip level 1 to 9 with shuffled bytes, in chunks of about a MiB; 0: contiguous
  Value attributes;  // null, or a dict path -> dict name -> value
  Value links;       // null, or a dict path -> "FILE:OBJECT": external links, FILE as seen from this one
  bool fixed_texts = false;  // lists of texts as strings of one length, as NumPy's S arrays; else of variable length
};

// Writes a tree, whole or not at all: dicts as groups (a name with slashes makes groups), arrays as data sets,
// lists of numbers or of texts as data sets, other lists as groups with members "0", "1", ...; numbers, texts
// and booleans as scalars, null as an empty data set. Equal trees give equal bytes.
void write_hdf5(const std::string& path, const Value& tree, const Hdf5WriteOptions& options = {});

}  // namespace brain::io
