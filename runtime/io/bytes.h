#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace brain::io {

// A stretch of memory and what keeps it alive; copies share it.
struct Bytes {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  std::shared_ptr<const void> owner;

  std::string_view text() const { return {reinterpret_cast<const char*>(data), size}; }
  // The part [offset, offset + length), which must lie inside.
  Bytes slice(std::size_t offset, std::size_t length) const;
  static Bytes from(std::vector<std::uint8_t> content);
  static Bytes from(std::string content);
};

// A file's content as of now. Small files (1 MiB) are read, larger ones mapped: privately, so that whoever
// holds the last reference may write to the memory without changing the file. check() throws when the file
// has become shorter since: call it when done with reading (mapped_file.h says what happens then). Errors name the file.
class File {
 public:
  explicit File(const std::string& path);
  const Bytes& bytes() const { return bytes_; }
  void check() const;

 private:
  std::string path_;
  std::shared_ptr<const int> descriptor_;  // closes the file
  Bytes bytes_;
};

// Reads little-endian values one after another. Every read is checked; errors say `name` and the byte.
class Cursor {
 public:
  Cursor(Bytes bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size - position_; }
  const std::string& name() const { return name_; }
  const Bytes& bytes() const { return bytes_; }
  void seek(std::uint64_t position);

  Bytes take(std::uint64_t count);
  std::string_view line();  // up to and without '\n'
  std::uint8_t u8() { return static_cast<std::uint8_t>(little(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little(4)); }
  std::uint64_t u64() { return little(8); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
  double big_endian_f64();

  // Throws "NAME: byte N: WHAT".
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  std::uint64_t little(int count);

  Bytes bytes_;
  std::string name_;
  std::size_t position_ = 0;
};

}  // namespace brain::io
