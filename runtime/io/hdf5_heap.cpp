#include "io/hdf5_heap.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/error.h"
#include "io/hdf5_state.h"

namespace brain::io::hdf5 {
namespace {

constexpr std::size_t kHeld = 64 << 20;  // bytes of collections kept for the next reference

std::uint64_t little(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t n = count; n-- > 0;) value = value << 8 | bytes[n];
  return value;
}

std::size_t aligned(std::size_t size) { return (size + 7) / 8 * 8; }

ReadingFromHeap* current = nullptr;  // under the library's lock

void* take(std::size_t size) {
  if (!current->budget.take_quietly(size + 32)) fail("texts and lists take more memory than allowed");
  void* memory = std::malloc(size);
  if (!memory) fail("out of memory");
  return memory;
}

// One element: a text or list from the bytes its reference leads to.
void convert_one(const std::uint8_t* from, std::uint8_t* to, hid_t source, hid_t target, bool is_text, hid_t transfer) {
  const std::uint64_t count = little(from, 4);
  std::uint64_t address = 0;
  if (count == 0 || !current->heap.address(from + 4, address)) {
    std::memset(to, 0, is_text ? sizeof(char*) : sizeof(hvl_t));
    return;
  }
  const std::string_view bytes = current->heap.object(from + 4);
  if (is_text) {
    if (count > bytes.size()) fail("a text of ", count, " bytes, of which ", bytes.size(), " are there");
    char* content = static_cast<char*>(take(count + 1));
    std::memcpy(content, bytes.data(), count);
    content[count] = '\0';
    std::memcpy(to, &content, sizeof content);
    return;
  }
  const std::size_t stored = H5Tget_size(source), size = std::max(stored, H5Tget_size(target));
  if (stored == 0 || count > bytes.size() / stored)
    fail("a list of ", count, " elements, of which ", bytes.size() / std::max<std::size_t>(stored, 1), " are there");
  hvl_t list{static_cast<std::size_t>(count), take(count * size)};
  std::memcpy(list.p, bytes.data(), count * stored);
  std::vector<std::uint8_t> background(count * size);
  if (H5Tconvert(source, target, list.len, list.p, background.data(), transfer) < 0) {
    std::free(list.p);
    fail("a list cannot be converted");
  }
  std::memcpy(to, &list, sizeof list);
}

herr_t convert(hid_t source, hid_t target, H5T_cdata_t* data, std::size_t count, std::size_t stride, std::size_t,
               void* buffer, void*, hid_t transfer) {
  if (data->command == H5T_CONV_FREE) return 0;
  if (!current) return -1;  // writing is left to the library
  if (data->command == H5T_CONV_INIT) {
    data->need_bkg = H5T_BKG_NO;
    return 0;
  }
  const std::size_t stored = 8 + current->heap.address_size();
  const bool is_text = H5Tis_variable_str(target) > 0;
  const std::size_t size = is_text ? sizeof(char*) : sizeof(hvl_t);
  if (H5Tget_size(source) != stored || H5Tget_size(target) != size) return -1;
  const Handle source_part(H5Tget_super(source), H5Tclose), target_part(H5Tget_super(target), H5Tclose);
  auto* bytes = static_cast<std::uint8_t*>(buffer);
  const std::size_t from = stride ? stride : stored, to = stride ? stride : size;
  try {
    for (std::size_t k = 0; k < count; ++k) {  // backwards where elements grow in place
      const std::size_t n = to > from ? count - 1 - k : k;
      std::uint8_t reference[16];
      std::memcpy(reference, bytes + n * from, stored);
      convert_one(reference, bytes + n * to, source_part, target_part, is_text, transfer);
    }
  } catch (const std::exception& error) {
    set_reason(error.what());
    return -1;
  }
  return 0;
}

void set_up() {
  const Handle list(H5Tvlen_create(H5T_NATIVE_INT), H5Tclose);
  check(H5Tregister(H5T_PERS_SOFT, "brain heap", list, list, convert), "HDF5", "cannot set up");
}

}  // namespace

Heap::Heap(const std::string& path, hid_t file) {
  const Handle how(check(H5Fget_create_plist(file), path, "cannot read"), H5Pclose);
  hsize_t before = 0;
  check(H5Pget_userblock(how, &before), path, "cannot read");
  base_ = before;
  check(H5Pget_sizes(how, &address_size_, &length_size_), path, "cannot read");
  if (address_size_ > 8 || length_size_ > 8) fail(path, ": addresses of ", address_size_, " bytes");
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) fail(path, ": cannot open: ", system_message());
  file_size_ = static_cast<std::uint64_t>(status.st_size);
}

Heap::~Heap() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Heap::address(const std::uint8_t* bytes, std::uint64_t& value) const {
  value = little(bytes, address_size_);
  const std::uint64_t undefined = address_size_ == 8 ? UINT64_MAX : (std::uint64_t(1) << 8 * address_size_) - 1;
  return value != 0 && value != undefined;
}

std::vector<std::uint8_t> Heap::read(std::uint64_t address, std::uint64_t size) const {
  if (address > file_size_ || base_ > file_size_ - address || size > file_size_ - address - base_)
    fail("the global heap leads beyond the end of the file");
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(base_ + address + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("cannot read the global heap");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

const Heap::Collection& Heap::collection(std::uint64_t address) {
  const auto known = collections_.find(address);
  if (known != collections_.end()) return known->second;
  const std::size_t header = aligned(8 + length_size_), object_header = aligned(8 + length_size_);
  const auto start = read(address, header);
  if (std::memcmp(start.data(), "GCOL\x01", 5) != 0) fail("a reference that leads to no global heap");
  const std::uint64_t size = little(start.data() + 8, length_size_);
  if (size < header) fail("a global heap of ", size, " bytes");
  if (held_ + size > kHeld) {
    collections_.clear();
    held_ = 0;
  }
  Collection found;
  found.bytes = read(address, size);
  for (std::size_t at = header; size - at >= object_header;) {
    const std::uint8_t* object = found.bytes.data() + at;
    const auto index = static_cast<std::uint32_t>(little(object, 2));
    if (index == 0) break;  // the rest is free
    const std::uint64_t length = little(object + 8, length_size_);
    if (length > size - at - object_header) fail("an object of the global heap that leads beyond its end");
    found.objects[index] = {at + object_header, static_cast<std::size_t>(length)};
    at += object_header + std::min<std::size_t>(aligned(length), size - at - object_header);
  }
  held_ += size;
  return collections_.emplace(address, std::move(found)).first->second;
}

std::string_view Heap::object(std::uint64_t address, std::uint32_t index) {
  const Collection& all = collection(address);
  const auto found = all.objects.find(index);
  if (found == all.objects.end()) fail("object ", index, " of a global heap is not there");
  return {reinterpret_cast<const char*>(all.bytes.data()) + found->second.first, found->second.second};
}

std::string_view Heap::object(const std::uint8_t* reference) {
  std::uint64_t where = 0;
  address(reference, where);
  return object(where, static_cast<std::uint32_t>(little(reference + address_size_, 4)));
}

ReadingFromHeap::ReadingFromHeap(Heap& heap, Budget& budget) : heap(heap), budget(budget), outer_(current) {
  static const bool ready = (set_up(), true);
  static_cast<void>(ready);
  current = this;
}

ReadingFromHeap::~ReadingFromHeap() { current = outer_; }

}  // namespace brain::io::hdf5
