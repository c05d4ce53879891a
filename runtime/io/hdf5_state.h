#pragma once
// An open HDF5 file and the reading of its objects. Included by hdf5*.cpp alone. Every function expects the
// caller to hold the library's lock.
#include <unordered_map>

#include "io/hdf5.h"
#include "io/hdf5_handle.h"
#include "io/hdf5_heap.h"
#include "io/hdf5_type.h"

namespace brain::io {

struct Hdf5State {
  std::string path;
  Hdf5Options options;
  hdf5::Handle file;
  hdf5::Handle access;  // links: those into other files are refused
  mutable std::optional<std::unordered_map<haddr_t, std::string>> addresses;
  mutable std::unique_ptr<hdf5::Heap> texts;  // opened when first needed

  ~Hdf5State();
  std::string where(const std::string& name) const;  // "x.h5: group/data"
  void check_open() const;
  hdf5::Heap& heap() const;
  // Opens a group, data set or type; names the nearest when there is none.
  hdf5::Handle open(const std::string& name) const;
  const std::string* path_of(haddr_t address) const;  // of an object of this file, or null
};

namespace hdf5 {

struct Link {
  std::string name;
  H5L_type_t type = H5L_TYPE_HARD;
  haddr_t address = HADDR_UNDEF;  // of hard links
};
std::vector<Link> links(hid_t group, const std::string& where, std::int64_t limit);

std::string joined(const std::string& group, const std::string& name);  // "group/name"
H5O_info_t object_info(hid_t object, const std::string& where);

// Memory that one call may still take. Throws "WHERE: ..." when a part asks for more than is left.
class Budget {
 public:
  explicit Budget(const Hdf5Options& options);
  void take(std::int64_t count, std::size_t size, const std::string& where);
  bool take_quietly(std::size_t bytes) noexcept;
  std::int64_t left() const { return left_; }

 private:
  std::int64_t left_;
};

struct Extent {
  bool empty = false;  // no space at all
  Shape shape;
};
Extent extent_of(hid_t space, const std::string& where);

// How the data lie in the file, in words; throws when they lie in other files or behind an unknown filter.
std::string describe_storage(hid_t dataset, const std::string& where, Shape* chunk = nullptr);

Value read_dataset(const Hdf5State& state, hid_t dataset, const std::string& name,
                   const Hdf5Selection* selection, Budget& budget);
Value read_attributes(const Hdf5State& state, hid_t object, const std::string& name, Budget& budget);

}  // namespace hdf5
}  // namespace brain::io
