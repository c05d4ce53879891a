#include "core/atomic_file.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

namespace brain {
namespace {

// The path a symbolic link leads to, also when nothing is there yet.
std::filesystem::path follow_links(std::filesystem::path path, const std::filesystem::path& name) {
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(path, error)); ++links) {
    if (links == 40) fail(name.native(), ": cannot write: too many symbolic links");
    path = path.parent_path() / std::filesystem::read_symlink(path);
  }
  return path;
}

// ".NAME.PID-COUNT.tmp": hidden, in the same folder and so on the same file system; the name is shortened to
// keep within the usual 255 bytes.
std::filesystem::path temporary_name(const std::filesystem::path& destination) {
  static std::atomic<unsigned> count{0};
  const std::string name = destination.filename().native().substr(0, 200);
  return destination.parent_path() / join_text(".", name, ".", getpid(), "-", count++, ".tmp");
}

// Some file systems cannot flush (EINVAL); they have then done what they can.
bool flush_to_disk(int descriptor) { return fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP; }

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : name_(std::move(target)) {
  if (name_.filename().empty()) fail("'", name_.native(), "': cannot write: expected the name of a file");
  destination_ = follow_links(std::filesystem::absolute(name_), name_);
  struct stat old {};
  const bool exists = stat(destination_.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) fail(name_.native(), ": cannot write: expected a regular file");
  if (exists && access(destination_.c_str(), W_OK) != 0) fail_with_errno("cannot write");
  const mode_t mode = old.st_mode & 0777;
  int descriptor;
  do {  // a name may be taken by a process of the same number on another machine, or left by a killed one
    temporary_ = temporary_name(destination_);
    descriptor = open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, exists ? mode : 0666);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0) fail_with_errno("cannot write");
  if (exists) {
    [[maybe_unused]] const int kept = fchown(descriptor, old.st_uid, old.st_gid);  // as far as permitted
    fchmod(descriptor, mode);
  }
  stream_ = fdopen(descriptor, "w+b");
  if (!stream_) {
    const int error = errno;
    close(descriptor);
    unlink(temporary_.c_str());
    errno = error;
    fail_with_errno("cannot write");
  }
}

AtomicFile::~AtomicFile() {
  if (!stream_) return;
  std::fclose(stream_);
  unlink(temporary_.c_str());
}

void AtomicFile::write(const void* bytes, std::size_t size) {
  if (!stream_) fail(name_.native(), ": cannot write: the file is already committed");
  if (std::fwrite(bytes, 1, size, stream_) != size) fail_with_errno("cannot write");
}

void AtomicFile::commit() {
  if (!stream_) fail(name_.native(), ": the file is already committed");
  if (std::ferror(stream_)) fail(name_.native(), ": cannot write: an earlier write failed");
  if (std::fflush(stream_) != 0 || !flush_to_disk(fileno(stream_))) fail_with_errno("cannot write");
  if (std::rename(temporary_.c_str(), destination_.c_str()) != 0) fail_with_errno("cannot replace");
  std::fclose(stream_);
  stream_ = nullptr;
  const int folder = open(destination_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder that may be written but not read
  const bool flushed = flush_to_disk(folder);
  const int error = errno;
  close(folder);
  errno = error;
  if (!flushed) fail_with_errno("cannot flush the folder");
}

void AtomicFile::fail_with_errno(const char* what) const {
  fail(name_.native(), ": ", what, ": ", system_message());
}

void remove_abandoned_temporaries(const std::filesystem::path& target) {
  const auto destination = std::filesystem::absolute(target);
  const std::string start = "." + destination.filename().native().substr(0, 200) + ".";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(destination.parent_path(), error)) {
    const std::string name = entry.path().filename().native();
    int process = 0, count = 0, length = 0;
    if (name.compare(0, start.size(), start) != 0) continue;
    const std::string rest = name.substr(start.size());
    if (std::sscanf(rest.c_str(), "%d-%d.tmp%n", &process, &count, &length) != 2) continue;
    if (length != static_cast<int>(rest.size()) || process <= 0) continue;
    if (kill(process, 0) != 0 && errno == ESRCH) unlink(entry.path().c_str());
  }
}

void write_file_atomically(const std::filesystem::path& target, std::string_view content) {
  AtomicFile file(target);
  file.write(content);
  file.commit();
}

}  // namespace brain
