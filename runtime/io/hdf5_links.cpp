#include "io/hdf5_links.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "io/error.h"
#include "io/hdf5_handle.h"

namespace brain::io::hdf5 {
namespace {

constexpr std::uint64_t kLinkMessage = 6, kContinuation = 16, kLargest = 64 << 20, kBlocks = 100'000;

// Walks an object's header (HDF5 File Format Specification 3.0, IV.A.1): version 1, or 2, which begins with OHDR.
class Header {
 public:
  Header(hid_t file, const std::string& where) : where_(where) {
    const Handle how(check(H5Fget_create_plist(file), where, "cannot read"), H5Pclose);
    std::size_t ignored = 0;
    hsize_t before = 0;
    check(H5Pget_sizes(how, &address_size_, &ignored), where, "cannot read");
    check(H5Pget_userblock(how, &before), where, "cannot read");
    length_size_ = ignored;
    base_ = before;
    void* descriptor = nullptr;
    check(H5Fget_vfd_handle(file, H5P_DEFAULT, &descriptor), where, "cannot read");
    descriptor_ = *static_cast<const int*>(descriptor);
    struct stat status{};
    if (fstat(descriptor_, &status) != 0) damaged();
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  std::uint64_t count_links(std::uint64_t address) {
    const auto start = read(address, 64, true);
    if (start.size() < 16) damaged();
    second_ = std::memcmp(start.data(), "OHDR", 4) == 0;
    std::uint64_t at = 16, bytes = little(start.data() + 8, 4);
    if (second_) {
      const unsigned flags = start[5];
      ordered_ = flags & 4;
      at = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
      const unsigned width = 1u << (flags & 3);
      if (start.size() < at + width) damaged();
      bytes = little(start.data() + at, width);
      at += width;
    }
    blocks_.push_back({address + at, bytes});
    for (std::size_t n = 0; n < blocks_.size(); ++n) {
      if (n > kBlocks) damaged();
      walk(read(blocks_[n].first, blocks_[n].second, false));
    }
    return links_;
  }

 private:
  [[noreturn]] void damaged() const { fail(where_, ": the header of the group is damaged"); }

  static std::uint64_t little(const std::uint8_t* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = std::min<std::size_t>(count, 8); i-- > 0;) value = value << 8 | bytes[i];
    return value;
  }

  std::vector<std::uint8_t> read(std::uint64_t address, std::uint64_t count, bool up_to) const {
    if (address > size_ || base_ > size_ - address) damaged();
    const std::uint64_t left = size_ - address - base_;
    if (up_to) count = std::min(count, left);
    if (count > left || count > kLargest) damaged();
    std::vector<std::uint8_t> bytes(count);
    if (pread(descriptor_, bytes.data(), count, static_cast<off_t>(base_ + address)) != static_cast<ssize_t>(count)) damaged();
    return bytes;
  }

  void walk(const std::vector<std::uint8_t>& block) {
    const std::size_t head = second_ ? (ordered_ ? 6 : 4) : 8;
    for (std::size_t at = 0; block.size() - at >= head;) {
      const std::uint8_t* message = block.data() + at;
      const std::uint64_t kind = little(message, second_ ? 1 : 2), length = little(message + (second_ ? 1 : 2), 2);
      at += head;
      if (length > block.size() - at) damaged();
      if (kind == kLinkMessage) {
        const bool shared = message[second_ ? 3 : 4] & 2;
        if (shared || !is_link(block.data() + at, length)) damaged();
        ++links_;
      }
      if (kind == kContinuation) {
        if (length < address_size_ + length_size_) damaged();
        std::uint64_t to = little(block.data() + at, address_size_), bytes = little(block.data() + at + address_size_, length_size_);
        if (second_) {  // begins with OCHK, ends with a checksum
          if (bytes < 8) damaged();
          to += 4;
          bytes -= 8;
        }
        blocks_.push_back({to, bytes});
      }
      at += length;
    }
  }

  // Whether a message is a link as the format has it (IV.A.2.g): version, flags, then kind, order and character set where
  // the flags say so, the name, and where it leads. The library leaves its list half filled at the first that is not.
  bool is_link(const std::uint8_t* bytes, std::size_t size) const {
    std::size_t at = 2;
    const auto has = [&](std::uint64_t count) { return count <= size && at <= size - count; };
    if (!has(0) || bytes[0] != 1 || bytes[1] > 0x1f) return false;
    const unsigned flags = bytes[1];
    unsigned kind = H5L_TYPE_HARD;
    if (flags & 8) {
      if (!has(1)) return false;
      kind = bytes[at++];
    }
    if (flags & 4) at += 8;
    if (flags & 16 && (!has(1) || bytes[at++] > 1)) return false;
    const std::size_t width = std::size_t(1) << (flags & 3);
    if (!has(width)) return false;
    const std::uint64_t name = little(bytes + at, width);
    at += width;
    if (name == 0 || !has(name)) return false;
    at += name;
    if (kind == H5L_TYPE_HARD) return has(address_size_);
    if (kind != H5L_TYPE_SOFT && kind < H5L_TYPE_UD_MIN) return false;
    if (!has(2)) return false;
    const std::uint64_t target = little(bytes + at, 2);
    at += 2;
    return (target > 0 || kind != H5L_TYPE_SOFT) && has(target);
  }

  const std::string& where_;
  std::size_t address_size_ = 8, length_size_ = 8;
  std::uint64_t base_ = 0, size_ = 0, links_ = 0;
  int descriptor_ = -1;
  bool second_ = false, ordered_ = false;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks_;  // address, bytes
};

}  // namespace

void check_compact_links(hid_t group, const std::string& where) {
  H5G_info_t stated{};
  check(H5Gget_info(group, &stated), where, "cannot list the group");
  if (stated.storage_type != H5G_STORAGE_TYPE_COMPACT) return;
  H5O_info_t info{};
  check(H5Oget_info2(group, &info, H5O_INFO_BASIC), where, "cannot open");
  const Handle file(check(H5Iget_file_id(group), where, "cannot open"), H5Fclose);
  const std::uint64_t found = Header(file, where).count_links(info.addr);
  if (found != stated.nlinks) fail(where, ": a damaged group: it says that it has ", stated.nlinks, " links, found ", found);
}

}  // namespace brain::io::hdf5
