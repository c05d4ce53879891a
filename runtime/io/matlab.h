#pragma once
#include <cstdint>
#include <string>

#include "io/bytes.h"
#include "io/value.h"

namespace brain::io {

// MATLAB's files: a dict of variables, or, unless `key` is empty, that variable. Arrays have MATLAB's shape (at least
// two axes) and the file's memory where that will do; characters are texts (a list of the rows where there are several);
// a cell array with one axis longer than one is a list, others are nested lists; a struct is a dict, an array of structs
// lists of dicts; a sparse matrix is dense; objects and functions are records of the class's name. Errors begin with
// `name`.
struct MatlabOptions {
  std::string key;
  std::uint64_t max_bytes = 0;  // of memory for what is unpacked and for sparse matrices; 0: half of the machine's
};

// Versions 4 and 5 to 7 (MATLAB's "MAT-File Format" of 2014), of either byte order.
Value read_matlab(const Bytes& content, const std::string& name, const MatlabOptions& options = {});

// Whether the content begins as a version 5 to 7 file, as one of version 7.3 (which is HDF5), as one of version 4.
bool is_matlab5(const Bytes& content);
bool is_matlab73(const Bytes& content);
bool is_matlab4(const Bytes& content);

// Version 7.3, through HDF5, where the order of axes is reversed and MATLAB_class says what an object is.
Value read_matlab73(const std::string& path, const std::string& key, std::uint64_t max_bytes = 0);

}  // namespace brain::io
