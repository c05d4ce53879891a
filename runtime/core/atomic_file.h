#pragma once
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string_view>

namespace brain {

// A file that appears whole or not at all: everything goes to a hidden temporary beside the target, which
// commit() renames over it. Killed at any moment, the target holds the old content or the new. An existing
// target keeps its mode; behind a symbolic link the file it points to is replaced. Errors (brain::Error) name
// the target.
class AtomicFile {
 public:
  // Creates the temporary. Refuses a target that is not a regular file or may not be written.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();  // removes the temporary unless committed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }

  // For code that writes by itself: the buffered stream behind write(), or the temporary's path for a library
  // that opens files by name (and has closed it before commit).
  std::FILE* stream() { return stream_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  // Flushes to the disk, renames, and flushes the folder. Once; afterwards nothing can be written.
  void commit();

 private:
  [[noreturn]] void fail_with_errno(const char* what) const;

  std::filesystem::path name_;         // as the caller gave it, for messages
  std::filesystem::path destination_;  // absolute, links resolved
  std::filesystem::path temporary_;
  std::FILE* stream_ = nullptr;
};

// Removes the temporaries of this target that processes killed on this machine have left. For targets with one writer at
// a time.
void remove_abandoned_temporaries(const std::filesystem::path& target);

void write_file_atomically(const std::filesystem::path& target, std::string_view content);

}  // namespace brain
