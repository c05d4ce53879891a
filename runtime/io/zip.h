#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/atomic_file.h"
#include "io/bytes.h"

namespace brain::io {

// Reads zip archives (APPNOTE 6.3: stored and deflated entries, zip64) through their central directory.
// Whatever is not as it should be is an error naming the archive: names that come twice or lead elsewhere,
// entries that overlap or reach outside, sizes that cannot be true, encryption, archives in parts.
class ZipReader {
 public:
  struct Entry {
    std::string name;
    std::uint64_t size = 0;         // bytes when unpacked
    std::uint64_t packed_size = 0;  // bytes in the archive
    std::uint32_t crc = 0;
    bool deflated = false;
    std::uint64_t header = 0;  // where the local header lies
    std::uint64_t data = 0;    // where the content lies
  };

  // Deflated entries may unpack to `max_bytes` in all; 0: half of the machine's memory.
  ZipReader(Bytes archive, std::string name, std::uint64_t max_bytes = 0);
  const std::string& name() const { return name_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* find(std::string_view name) const;

  // The content: the archive's own memory for a stored entry, unpacked memory for a deflated one. At most
  // `limit` bytes from the start. The checksum of a whole deflated entry is always compared, that of a stored
  // one when asked for.
  Bytes read(const Entry& entry, bool checked = false, std::uint64_t limit = UINT64_MAX) const;

 private:
  Bytes archive_;
  std::string name_;
  mutable std::uint64_t left_;  // bytes that may still be unpacked
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;
};

// Writes an archive of stored entries whose contents begin at multiples of 64 bytes, as PyTorch wants them to
// be mapped.
class ZipWriter {
 public:
  // `zip64` writes the large form of every size, which otherwise appears from 4 GiB.
  explicit ZipWriter(AtomicFile& file, bool zip64 = false) : file_(file), zip64_(zip64) {}
  void add(const std::string& name, std::string_view content);
  void finish();  // the central directory; the file is not committed

 private:
  void write(const std::string& bytes);

  AtomicFile& file_;
  bool zip64_;
  std::uint64_t position_ = 0;
  std::vector<ZipReader::Entry> entries_;
};

// CRC-32 of ISO 3309, as zip, gzip and PNG use it.
std::uint32_t crc32(const void* bytes, std::size_t size);

}  // namespace brain::io
