#include "io/bytes.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/error.h"
#include "io/mapped_file.h"

namespace brain::io {
namespace {

constexpr std::size_t kMappedFrom = 1 << 20;

struct CloseDescriptor {
  void operator()(const int* descriptor) const {
    close(*descriptor);
    delete descriptor;
  }
};

Bytes read_all(int descriptor, std::size_t size, const std::string& path) {
  std::vector<std::uint8_t> content(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = pread(descriptor, content.data() + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, ": cannot read: ", system_message());
    if (count == 0) fail(path, ": became shorter while it was read");
    done += static_cast<std::size_t>(count);
  }
  return Bytes::from(std::move(content));
}

}  // namespace

Bytes Bytes::slice(std::size_t offset, std::size_t length) const {
  if (offset > size || length > size - offset)
    fail("bytes ", offset, " to ", offset, "+", length, " of ", size);
  return {data + offset, length, owner};
}

Bytes Bytes::from(std::vector<std::uint8_t> content) {
  const auto shared = std::make_shared<const std::vector<std::uint8_t>>(std::move(content));
  return {shared->data(), shared->size(), shared};
}

Bytes Bytes::from(std::string content) {
  const auto shared = std::make_shared<const std::string>(std::move(content));
  return {reinterpret_cast<const std::uint8_t*>(shared->data()), shared->size(), shared};
}

File::File(const std::string& path) : path_(path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) fail(path, ": cannot open: ", system_message());
  descriptor_ = std::shared_ptr<const int>(new int(descriptor), CloseDescriptor());
  struct stat status{};
  if (fstat(descriptor, &status) != 0) fail(path, ": cannot read: ", system_message());
  if (!S_ISREG(status.st_mode))
    fail(path, ": expected a file", S_ISDIR(status.st_mode) ? ", found a folder" : "");
  const auto size = static_cast<std::size_t>(status.st_size);
  bytes_ = size < kMappedFrom ? read_all(descriptor, size, path) : map_file(descriptor, size, path);
}

void File::check() const {
  struct stat status{};
  const bool lost = guard_read(bytes_.data);
  if (lost || fstat(*descriptor_, &status) != 0 || static_cast<std::size_t>(status.st_size) < bytes_.size)
    fail(path_, ": became shorter while it was read");
}

void Cursor::refuse(const std::string& what) const { fail(name_, ": byte ", position_, ": ", what); }

void Cursor::seek(std::uint64_t position) {
  if (position > bytes_.size) refuse(join_text("refers to byte ", position, " of ", bytes_.size));
  position_ = position;
}

Bytes Cursor::take(std::uint64_t count) {
  if (count > remaining()) refuse(join_text("expected ", count, " more bytes, found ", remaining()));
  Bytes part = bytes_.slice(position_, count);
  position_ += count;
  return part;
}

std::string_view Cursor::line() {
  const std::string_view rest = bytes_.text().substr(position_);
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) refuse("expected a line, found no end of line");
  position_ += end + 1;
  return rest.substr(0, end);
}

std::uint64_t Cursor::little(int count) {
  if (static_cast<std::size_t>(count) > remaining())
    refuse(join_text("expected ", count, " more bytes, found ", remaining()));
  std::uint64_t value = 0;
  for (int i = count; i-- > 0;) value = value << 8 | bytes_.data[position_ + static_cast<std::size_t>(i)];
  position_ += static_cast<std::size_t>(count);
  return value;
}

double Cursor::big_endian_f64() {
  std::uint64_t value = u64();
  return std::bit_cast<double>(__builtin_bswap64(value));
}

}  // namespace brain::io
