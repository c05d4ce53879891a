#include "io/zip.h"

#include <algorithm>
#include <array>

#include "core/memory.h"
#include "io/error.h"
#ifdef BRAIN_ZLIB
#include <zlib.h>
#endif

namespace brain::io {
namespace {

constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr std::uint32_t kLarge = 0xffffffff;  // the real value is in the zip64 field

void check_name(const std::string& entry, const std::string& archive) {
  bool bad =
      entry.empty() || entry[0] == '/' || entry.find_first_of(std::string("\\\0", 2)) != std::string::npos;
  for (std::size_t at = 0; at <= entry.size() && !bad;) {
    const std::size_t end = std::min(entry.find('/', at), entry.size());
    bad = entry.compare(at, end - at, "..") == 0;
    at = end + 1;
  }
  if (bad) fail(archive, ": an entry's name leads elsewhere: '", entry.substr(0, 80), "'");
}

// Where the end record lies: it is last, followed by a comment of at most 65535 bytes whose length it holds.
std::uint64_t find_end(const Bytes& archive, const std::string& name) {
  for (std::uint64_t tail = 22; tail <= archive.size && tail <= 22 + 65535; ++tail) {
    Cursor cursor(archive.slice(archive.size - tail, tail), name);
    if (cursor.u32() != kEnd) continue;
    cursor.seek(20);
    if (cursor.u16() == tail - 22) return archive.size - tail;
  }
  fail(name, ": the zip archive has no directory at its end: the file is cut short, or is no archive");
}

struct Directory {
  std::uint64_t count, size, offset;
};

Directory find_directory(const Bytes& archive, const std::string& name) {
  const std::uint64_t end = find_end(archive, name);
  Cursor cursor(archive, name);
  cursor.seek(end + 4);
  const bool parts = cursor.u32() != 0;  // number of this part, and of the part with the directory
  cursor.u16();
  Directory directory{cursor.u16(), cursor.u32(), cursor.u32()};
  std::uint64_t limit = end;
  if (end >= 20) {
    cursor.seek(end - 20);
    if (cursor.u32() == kLocator64) {
      cursor.u32();
      limit = cursor.u64();
      cursor.seek(limit);
      if (cursor.u32() != kEnd64) cursor.refuse("expected the zip64 end record");
      cursor.seek(limit + 32);
      directory = {cursor.u64(), cursor.u64(), cursor.u64()};
    }
  }
  if (parts) fail(name, ": the zip archive is split into parts");
  if (directory.offset > limit || directory.size != limit - directory.offset)
    fail(name, ": the zip directory of ", directory.size, " bytes at ", directory.offset, " does not end at ",
         limit);
  return directory;
}

// Replaces the sizes and the offset that are kLarge by those of the zip64 field.
void read_extra(Cursor extra, ZipReader::Entry& entry) {
  const bool large = entry.size == kLarge || entry.packed_size == kLarge || entry.header == kLarge;
  while (large && extra.remaining() >= 4) {
    const std::uint16_t kind = extra.u16();
    Cursor field(extra.take(extra.u16()), extra.name());
    if (kind != 1) continue;
    for (std::uint64_t* value : {&entry.size, &entry.packed_size, &entry.header})
      if (*value == kLarge) *value = field.u64();
    return;
  }
}

ZipReader::Entry read_entry(Cursor& directory, const std::string& archive) {
  ZipReader::Entry entry;
  if (directory.u32() != kCentral) directory.refuse("expected an entry of the zip directory");
  directory.u32();
  const std::uint16_t flags = directory.u16(), method = directory.u16();
  directory.u32();
  entry.crc = directory.u32();
  entry.packed_size = directory.u32();
  entry.size = directory.u32();
  const std::uint16_t name_size = directory.u16(), extra_size = directory.u16(),
                      comment_size = directory.u16();
  directory.u64();
  entry.header = directory.u32();
  entry.name = directory.take(name_size).text();
  read_extra(Cursor(directory.take(extra_size), archive), entry);
  directory.take(comment_size);
  check_name(entry.name, archive);
  if (flags & 1) fail(archive, ": entry '", entry.name, "' is encrypted");
  if (method != 0 && method != 8)
    fail(archive, ": entry '", entry.name, "' is packed by method ", method, ", expected stored or deflated");
  entry.deflated = method == 8;
  // Deflate packs at most 1032 to 1.
  if (entry.deflated ? entry.size / 1032 > entry.packed_size : entry.size != entry.packed_size)
    fail(archive, ": entry '", entry.name, "' of ", entry.packed_size, " bytes cannot unpack to ",
         entry.size);
  return entry;
}

// The local header repeats the directory; only where the content begins is new.
std::uint64_t find_data(Cursor& cursor, const ZipReader::Entry& entry, const std::string& archive) {
  cursor.seek(entry.header);
  if (cursor.u32() != kLocal) cursor.refuse(join_text("expected the header of entry '", entry.name, "'"));
  cursor.seek(entry.header + 26);
  const std::uint16_t name_size = cursor.u16(), extra_size = cursor.u16();
  if (cursor.take(name_size).text() != entry.name)
    fail(archive, ": entry '", entry.name, "' has another name in its own header");
  cursor.take(extra_size);
  return cursor.position();
}

#ifdef BRAIN_ZLIB
std::vector<std::uint8_t> inflate_entry(const Bytes& packed, std::uint64_t size, bool whole,
                                        const std::string& where) {
  std::vector<std::uint8_t> content(size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(where, ": not enough memory to unpack");
  std::size_t in = 0, out = 0;
  int status = Z_OK;
  std::uint8_t spare = 0;  // so that an empty entry, or one byte too many, has somewhere to go
  while (status == Z_OK) {
    const std::size_t give = std::min<std::size_t>(packed.size - in, 1 << 30);
    const std::size_t room = std::min<std::size_t>(size - out, 1 << 30);
    stream.next_in = const_cast<Bytef*>(packed.data + in);
    stream.avail_in = static_cast<uInt>(give);
    stream.next_out = room ? content.data() + out : &spare;
    stream.avail_out = room ? static_cast<uInt>(room) : 1;
    status = inflate(&stream, Z_NO_FLUSH);
    in += give - stream.avail_in;
    if (room) out += room - stream.avail_out;
    else if (stream.avail_out == 0) break;
    if (!whole && out == size) break;
  }
  inflateEnd(&stream);
  if (out != size || (whole && status != Z_STREAM_END))
    fail(where, ": expected ", size, " bytes when unpacked, found ",
         whole && out == size ? "more" : std::to_string(out));
  return content;
}
#endif

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

}  // namespace

std::uint32_t crc32(const void* bytes, std::size_t size) {
#ifdef BRAIN_ZLIB
  return static_cast<std::uint32_t>(::crc32_z(0, static_cast<const Bytef*>(bytes), size));
#else
  static const auto table = [] {
    std::array<std::uint32_t, 256> values{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      values[i] = i;
      for (int bit = 0; bit < 8; ++bit) values[i] = values[i] >> 1 ^ (values[i] & 1 ? 0xedb88320 : 0);
    }
    return values;
  }();
  std::uint32_t crc = ~0u;
  for (const auto* p = static_cast<const std::uint8_t*>(bytes); size-- > 0; ++p)
    crc = table[(crc ^ *p) & 255] ^ crc >> 8;
  return ~crc;
#endif
}

ZipReader::ZipReader(Bytes archive, std::string name, std::uint64_t max_bytes)
    : archive_(std::move(archive)),
      name_(std::move(name)),
      left_(max_bytes ? max_bytes : static_cast<std::uint64_t>(physical_memory()) / 2) {
  const Directory where = find_directory(archive_, name_);
  Cursor directory(archive_.slice(where.offset, where.size), name_ + ": zip directory"),
      local(archive_, name_);
  while (directory.remaining() > 0) {
    Entry entry = read_entry(directory, name_);
    entry.data = find_data(local, entry, name_);
    if (entry.packed_size > where.offset || entry.data > where.offset - entry.packed_size)
      fail(name_, ": entry '", entry.name, "' reaches outside the archive");
    if (!places_.emplace(entry.name, entries_.size()).second)
      fail(name_, ": entry '", entry.name, "' comes twice");
    entries_.push_back(std::move(entry));
  }
  if (where.count != entries_.size())
    fail(name_, ": expected ", where.count, " entries, found ", entries_.size());
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries_) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->header < b->header; });
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i - 1]->data + sorted[i - 1]->packed_size > sorted[i]->header)
      fail(name_, ": entries '", sorted[i - 1]->name, "' and '", sorted[i]->name, "' overlap");
}

const ZipReader::Entry* ZipReader::find(std::string_view name) const {
  const auto place = places_.find(std::string(name));
  return place == places_.end() ? nullptr : &entries_[place->second];
}

Bytes ZipReader::read(const Entry& entry, bool checked, std::uint64_t limit) const {
  const std::string where = name_ + ": entry '" + entry.name + "'";
  const Bytes packed = archive_.slice(entry.data, entry.packed_size);
  const std::uint64_t size = std::min(entry.size, limit);
  Bytes content;
  if (!entry.deflated) {
    content = packed.slice(0, size);
  } else {
#ifdef BRAIN_ZLIB
    if (size > left_) fail(where, ": unpacks to ", size, " bytes, more than the ", left_, " that are allowed");
    if (limit == UINT64_MAX) left_ -= size;
    if (size > (64 << 20) && size > static_cast<std::uint64_t>(available_memory()))
      fail(where, ": unpacking needs ", size, " bytes, more than the memory that is free");
    content = Bytes::from(inflate_entry(packed, size, size == entry.size, where));
    checked = true;
#else
    fail(where, ": is compressed, and this build has no zlib");
#endif
  }
  if (checked && size == entry.size && crc32(content.data, content.size) != entry.crc)
    fail(where, ": the checksum differs: the file is damaged");
  return content;
}

void ZipWriter::write(const std::string& bytes) {
  file_.write(bytes);
  position_ += bytes.size();
}

void ZipWriter::add(const std::string& name, std::string_view content) {
  ZipReader::Entry entry;
  entry.name = name;
  entry.size = entry.packed_size = content.size();
  entry.crc = crc32(content.data(), content.size());
  entry.header = position_;
  const bool large = zip64_ || content.size() >= kLarge;
  std::string header, extra;
  if (large) {
    put(extra, 1, 2), put(extra, 16, 2), put(extra, entry.size, 8), put(extra, entry.size, 8);
  }
  const std::uint64_t before = position_ + 30 + name.size() + extra.size() + 4;
  const std::uint64_t padding = (64 - before % 64) % 64;
  put(extra, 0x4246, 2), put(extra, padding, 2);  // "FB", PyTorch's own kind of padding
  extra.append(padding, 'Z');
  put(header, kLocal, 4), put(header, large ? 45 : 20, 2), put(header, 0x800, 2);  // 0x800: names are UTF-8
  put(header, 0, 2), put(header, 0, 2), put(header, 0x21, 2);                      // stored; 1 January 1980
  put(header, entry.crc, 4);
  put(header, large ? kLarge : entry.size, 4), put(header, large ? kLarge : entry.size, 4);
  put(header, name.size(), 2), put(header, extra.size(), 2);
  write(header + name + extra);
  file_.write(content);
  position_ += content.size();
  entries_.push_back(std::move(entry));
}

void ZipWriter::finish() {
  const std::uint64_t start = position_;
  for (const auto& entry : entries_) {
    const bool large = zip64_ || entry.size >= kLarge || entry.header >= kLarge;
    std::string record, extra;
    if (large) {
      put(extra, 1, 2), put(extra, 24, 2), put(extra, entry.size, 8), put(extra, entry.size, 8);
      put(extra, entry.header, 8);
    }
    put(record, kCentral, 4), put(record, large ? 45 : 20, 2), put(record, large ? 45 : 20, 2),
        put(record, 0x800, 2);
    put(record, 0, 2), put(record, 0, 2), put(record, 0x21, 2), put(record, entry.crc, 4);
    put(record, large ? kLarge : entry.size, 4), put(record, large ? kLarge : entry.size, 4);
    put(record, entry.name.size(), 2), put(record, extra.size(), 2), put(record, 0, 2);
    put(record, 0, 2), put(record, 0, 2), put(record, 0, 4), put(record, large ? kLarge : entry.header, 4);
    write(record + entry.name + extra);
  }
  const std::uint64_t size = position_ - start, count = entries_.size();
  const bool large = zip64_ || start >= kLarge || size >= kLarge || count >= 0xffff;
  std::string end;
  if (large) {
    put(end, kEnd64, 4), put(end, 44, 8), put(end, 45, 2), put(end, 45, 2), put(end, 0, 8);
    put(end, count, 8), put(end, count, 8), put(end, size, 8), put(end, start, 8);
    put(end, kLocator64, 4), put(end, 0, 4), put(end, position_, 8), put(end, 1, 4);
  }
  put(end, kEnd, 4), put(end, 0, 4);
  for (int i = 0; i < 2; ++i) put(end, large ? 0xffff : count, 2);
  put(end, large ? kLarge : size, 4), put(end, large ? kLarge : start, 4), put(end, 0, 2);
  write(end);
}

}  // namespace brain::io
