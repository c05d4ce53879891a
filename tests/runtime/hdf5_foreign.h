#pragma once
// Files as other programs write them, made with the library itself: what the writer of ours never makes.
#include "io/hdf5_handle.h"

#include <string>
#include <vector>

namespace foreign {

using brain::io::hdf5::Handle;

struct File {
  brain::io::hdf5::Library library;
  Handle id;

  explicit File(const std::string& path) : id(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose) {}

  // A data set of native values of a type.
  Handle put(const std::string& name, hid_t type, const std::vector<hsize_t>& sizes, hid_t memory_type, const void* data,
             hid_t how = H5P_DEFAULT) {
    const Handle space(sizes.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(int(sizes.size()), sizes.data(), nullptr),
                       H5Sclose);
    Handle set(H5Dcreate2(id, name.c_str(), type, space, H5P_DEFAULT, how, H5P_DEFAULT), H5Dclose);
    if (data) H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    return set;
  }
};

inline Handle fixed_text(std::size_t size, H5T_str_t padding) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, size);
  H5Tset_strpad(type, padding);
  return type;
}

// Every kind of element there is, in the library's oldest format.
inline void write_everything(const std::string& path) {
  File file(path);
  const double values[6] = {0, 1.5, -2, 3, 4, 5};
  const int whole[3] = {1, -2, 70000};
  file.put("big", H5T_IEEE_F64BE, {2, 3}, H5T_NATIVE_DOUBLE, values);
  file.put("whole", H5T_STD_I32BE, {3}, H5T_NATIVE_INT, whole);
  file.put("three", H5T_STD_U16BE, {}, H5T_NATIVE_INT, whole);
  const Handle padded = fixed_text(4, H5T_STR_SPACEPAD);
  file.put("fixed", padded, {2}, padded, "ab  cdef");
  const Handle variable = fixed_text(H5T_VARIABLE, H5T_STR_NULLTERM);
  const char* texts[3] = {"one", nullptr, "three"};
  file.put("texts", variable, {3}, variable, texts);

  struct Row {
    double x;
    int n;
    char name[4];
  } rows[2] = {{0.5, 7, "ab"}, {1.5, -7, "xyz"}};
  const Handle name = fixed_text(4, H5T_STR_NULLTERM), row(H5Tcreate(H5T_COMPOUND, sizeof(Row)), H5Tclose);
  H5Tinsert(row, "x", offsetof(Row, x), H5T_NATIVE_DOUBLE);
  H5Tinsert(row, "n", offsetof(Row, n), H5T_NATIVE_INT);
  H5Tinsert(row, "name", offsetof(Row, name), name);
  file.put("rows", row, {2}, row, rows);

  const Handle list(H5Tvlen_create(H5T_NATIVE_INT), H5Tclose);
  int content[3] = {4, 5, 6};
  const hvl_t lists[2] = {{3, content}, {0, nullptr}};
  file.put("lists", list, {2}, list, lists);

  hobj_ref_t references[2] = {};
  H5Rcreate(&references[0], file.id, "big", H5R_OBJECT, -1);
  file.put("references", H5T_STD_REF_OBJ, {2}, H5T_STD_REF_OBJ, references);
  hdset_reg_ref_t region{};
  const hsize_t two = 2, three = 3;
  const Handle space(H5Screate_simple(1, &three, nullptr), H5Sclose);
  H5Sselect_hyperslab(space, H5S_SELECT_SET, std::vector<hsize_t>{0}.data(), nullptr, &two, nullptr);
  H5Rcreate(&region, file.id, "whole", H5R_DATASET_REGION, space);
  file.put("region", H5T_STD_REF_DSETREG, {1}, H5T_STD_REF_DSETREG, &region);

  const Handle opaque(H5Tcreate(H5T_OPAQUE, 3), H5Tclose);
  file.put("bytes", opaque, {}, opaque, "a\0b");
  const Handle colour(H5Tenum_create(H5T_STD_I16BE), H5Tclose);
  for (const short value : {0x0700, 0x0800}) H5Tenum_insert(colour, value == 0x0700 ? "RED" : "BLUE", &value);
  const short colours[2] = {0x0800, 0x0700};
  file.put("colours", colour, {2}, colour, colours);

  const Handle chunked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t chunk[2] = {16, 16};
  H5Pset_chunk(chunked, 2, chunk);
  H5Pset_shuffle(chunked);
  H5Pset_deflate(chunked, 6);
  H5Pset_fletcher32(chunked);
  std::vector<int> many(1000);
  for (int n = 0; n < 1000; ++n) many[std::size_t(n)] = n;
  const Handle data = file.put("chunked", H5T_STD_I32BE, {40, 25}, H5T_NATIVE_INT, many.data(), chunked);
  const Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle unit(H5Acreate2(data, "unit", variable, scalar, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  const char* millivolt = "mV";
  H5Awrite(unit, variable, &millivolt);

  const Handle group(H5Gcreate2(file.id, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  H5Lcreate_hard(file.id, "big", group, "same", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/whole", group, "soft", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/nothing", group, "dangling", H5P_DEFAULT, H5P_DEFAULT);
}

}  // namespace foreign
