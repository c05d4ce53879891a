#pragma once
// Numbers and texts of an HDF5 file, for tests that read golden values.
#include <hdf5.h>

#include <stdexcept>
#include <string>
#include <vector>

class Hdf5File {
 public:
  explicit Hdf5File(const std::string& path)
      : path_(path), file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
    check(file_, path);
  }
  ~Hdf5File() { H5Fclose(file_); }
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  bool has(const std::string& name) const { return H5Lexists(file_, name.c_str(), H5P_DEFAULT) > 0; }

  // A data set in row-major order.
  std::vector<double> numbers(const std::string& name) const {
    const Handle data(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose, name);
    const Handle space(H5Dget_space(data.id), H5Sclose, name);
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id)));
    check(H5Dread(data.id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
    return values;
  }

  std::vector<double> attributes(const std::string& object, const std::string& name) const {
    const Handle attribute(H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose, object + "@" + name);
    const Handle space(H5Aget_space(attribute.id), H5Sclose, name);
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id)));
    check(H5Aread(attribute.id, H5T_NATIVE_DOUBLE, values.data()), name);
    return values;
  }

  double attribute(const std::string& object, const std::string& name) const {
    return attributes(object, name).at(0);
  }

  std::string text(const std::string& object, const std::string& name) const {  // a string of variable length
    const Handle attribute(H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose, object + "@" + name);
    const Handle type(H5Aget_type(attribute.id), H5Tclose, name);
    char* raw = nullptr;
    check(H5Aread(attribute.id, type.id, &raw), name);
    const std::string value = raw ? raw : "";
    H5free_memory(raw);
    return value;
  }

 private:
  struct Handle {
    Handle(hid_t handle, herr_t (*close_with)(hid_t), const std::string& what)
        : id(handle), close(close_with) {
      check(id, what);
    }
    ~Handle() { close(id); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    hid_t id;
    herr_t (*close)(hid_t);
  };
  static void check(hid_t result, const std::string& what) {
    if (result < 0) throw std::runtime_error("HDF5: cannot read " + what);
  }

  std::string path_;
  hid_t file_;
};
