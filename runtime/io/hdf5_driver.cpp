#include "io/hdf5_driver.h"

#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/error.h"
#include "io/hdf5_handle.h"

namespace brain::io::hdf5 {
namespace {

struct ReadFile {
  H5FD_t shared{};  // the library's part, which it wants first
  int descriptor = -1;
  haddr_t allocated = 0, end = 0;
  dev_t device{};
  ino_t number{};
};

const ReadFile& of(const H5FD_t* file) { return *reinterpret_cast<const ReadFile*>(file); }

H5FD_t* open_file(const char* name, unsigned flags, hid_t, haddr_t) {
  if (flags & (H5F_ACC_RDWR | H5F_ACC_CREAT | H5F_ACC_TRUNC)) return nullptr;
  const int descriptor = open(name, O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    set_reason(system_message());
    if (descriptor >= 0) close(descriptor);
    return nullptr;
  }
  auto file = std::make_unique<ReadFile>();
  file->descriptor = descriptor;
  file->end = static_cast<haddr_t>(status.st_size);
  file->device = status.st_dev;
  file->number = status.st_ino;
  return &file.release()->shared;
}

herr_t close_file(H5FD_t* shared) {
  const std::unique_ptr<ReadFile> file(reinterpret_cast<ReadFile*>(shared));
  return close(file->descriptor);
}

int compare(const H5FD_t* one, const H5FD_t* other) {
  const ReadFile &a = of(one), &b = of(other);
  if (a.device != b.device) return a.device < b.device ? -1 : 1;
  return a.number == b.number ? 0 : a.number < b.number ? -1 : 1;
}

herr_t query(const H5FD_t*, unsigned long* flags) {
  if (flags) *flags = H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_IGNORE_DRVRINFO | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t allocated(const H5FD_t* file, H5FD_mem_t) { return of(file).allocated; }

herr_t set_allocated(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  reinterpret_cast<ReadFile*>(file)->allocated = address;
  return 0;
}

haddr_t end_of_file(const H5FD_t* file, H5FD_mem_t) { return of(file).end; }

herr_t handle(H5FD_t* file, hid_t, void** descriptor) {
  *descriptor = &reinterpret_cast<ReadFile*>(file)->descriptor;
  return 0;
}

herr_t read(H5FD_t* shared, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* buffer) {
  const ReadFile& file = of(shared);
  if (address > file.end || size > file.end - address) {
    set_reason(join_text("leads to byte ", address, "+", size, " of a file of ", file.end));
    return -1;
  }
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = pread(file.descriptor, static_cast<char*>(buffer) + done, size - done, static_cast<off_t>(address + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      set_reason(count < 0 ? system_message() : "the file became shorter while it was read");
      return -1;
    }
    done += static_cast<std::size_t>(count);
  }
  return 0;
}

herr_t refuse_to_write(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, std::size_t, const void*) { return -1; }

const H5FD_class_t& driver() {
  static const H5FD_class_t all = [] {
    H5FD_class_t one{};
#if H5_VERSION_GE(1, 13, 0)
    one.version = H5FD_CLASS_VERSION;
    one.value = static_cast<H5FD_class_value_t>(300);  // of those that are free to use
#endif
    one.name = "brain_read";
    one.maxaddr = (static_cast<haddr_t>(1) << 63) - 1;
    one.fc_degree = H5F_CLOSE_WEAK;
    one.open = open_file;
    one.close = close_file;
    one.cmp = compare;
    one.query = query;
    one.get_eoa = allocated;
    one.set_eoa = set_allocated;
    one.get_eof = end_of_file;
    one.get_handle = handle;
    one.read = read;
    one.write = refuse_to_write;
    for (H5FD_mem_t& type : one.fl_map) type = H5FD_MEM_SUPER;  // as H5FD_FLMAP_DICHOTOMY: one list for all metadata
    one.fl_map[H5FD_MEM_DRAW] = H5FD_MEM_DRAW;
    return one;
  }();
  return all;
}

}  // namespace

void read_through_own_driver(hid_t access) {
  static const hid_t id = H5FDregister(&driver());
  if (id < 0 || H5Pset_driver(access, id, nullptr) < 0) fail("HDF5: the driver for reading cannot be set");
}

}  // namespace brain::io::hdf5
