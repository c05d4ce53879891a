#include "core/atomic_file.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <functional>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "scratch.h"

using brain::AtomicFile;
using brain::write_file_atomically;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

mode_t mode_of(const fs::path& path) {
  struct stat s {};
  REQUIRE(stat(path.c_str(), &s) == 0);
  return s.st_mode & 0777;
}

int status_of_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("the target appears with commit, whole") {
  Scratch scratch;
  const fs::path target = scratch.path("results.h5");
  {
    AtomicFile file(target);
    CHECK(file.temporary().parent_path() == target.parent_path());
    CHECK(file.temporary().filename().native().find(".results.h5.") == 0);
    file.write("one ");
    const int number = 42;
    file.write(&number, sizeof number);
    std::fputs("three", file.stream());
    CHECK_FALSE(fs::exists(target));
    file.commit();
    CHECK_THROWS_WITH(file.write("more"), target.native() + ": cannot write: the file is already committed");
    CHECK_THROWS_AS(file.commit(), brain::Error);
  }
  CHECK(read_text(target) == std::string("one \x2a\0\0\0three", 13));
  CHECK(entries(scratch.folder) == 1);
}

TEST_CASE("without commit nothing remains and the target is untouched") {
  Scratch scratch;
  const fs::path target = scratch.path("a.txt");
  write_file_atomically(target, "old");
  try {
    AtomicFile file(target);
    file.write("half of the new");
    throw brain::Error("stop");
  } catch (const brain::Error&) {
  }
  CHECK(read_text(target) == "old");
  CHECK(entries(scratch.folder) == 1);
  write_file_atomically(target, "");
  CHECK(fs::file_size(target) == 0);
}

TEST_CASE("a library may write the temporary by its name") {
  Scratch scratch;
  AtomicFile file(scratch.path("x.h5"));
  write_text(file.temporary(), "from elsewhere");
  file.commit();
  CHECK(read_text(scratch.path("x.h5")) == "from elsewhere");
}

TEST_CASE("two writers of one target do not meet") {
  Scratch scratch;
  AtomicFile first(scratch.path("a")), second(scratch.path("a"));
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  CHECK(read_text(scratch.path("a")) == "first");
  CHECK(entries(scratch.folder) == 1);
}

TEST_CASE("a new file has the usual mode, an old one keeps its own") {
  Scratch scratch;
  const mode_t mask = umask(027);
  write_file_atomically(scratch.path("new"), "x");
  CHECK(mode_of(scratch.path("new")) == 0640);
  chmod(scratch.path("new").c_str(), 0606);
  write_file_atomically(scratch.path("new"), "y");
  CHECK(mode_of(scratch.path("new")) == 0606);
  umask(mask);
}

TEST_CASE("behind a symbolic link the file it points to is replaced") {
  Scratch scratch;
  fs::create_directory(scratch.path("data"));
  write_text(scratch.path("data/real"), "old");
  fs::create_symlink("data/real", scratch.path("link"));
  fs::create_symlink("link", scratch.path("link2"));
  write_file_atomically(scratch.path("link2"), "new");
  CHECK(fs::is_symlink(scratch.path("link2")));
  CHECK(fs::is_symlink(scratch.path("link")));
  CHECK(read_text(scratch.path("data/real")) == "new");
  CHECK(entries(scratch.path("data")) == 1);

  fs::create_symlink("data/not_yet", scratch.path("dangling"));
  write_file_atomically(scratch.path("dangling"), "made");
  CHECK(read_text(scratch.path("data/not_yet")) == "made");

  fs::create_symlink("loop", scratch.path("loop"));
  CHECK_THROWS_WITH(AtomicFile(scratch.path("loop")), Catch::Contains("too many symbolic links"));
}

TEST_CASE("a relative target stays where it was named") {
  Scratch scratch;
  const fs::path before = fs::current_path();
  fs::current_path(scratch.folder);
  {
    AtomicFile file("here.txt");
    file.write("x");
    fs::current_path(before);
    file.commit();
  }
  CHECK(read_text(scratch.path("here.txt")) == "x");
}

TEST_CASE("a long name is no obstacle") {
  Scratch scratch;
  const std::string target = scratch.path(std::string(250, 'n'));
  write_file_atomically(target, "x");
  CHECK(read_text(target) == "x");
}

TEST_CASE("what cannot be written is refused with the reason") {
  Scratch scratch;
  const std::string missing = scratch.path("no/such/file");
  CHECK_THROWS_WITH(AtomicFile(missing), missing + ": cannot write: No such file or directory");
  const std::string folder = scratch.folder.native();
  CHECK_THROWS_WITH(AtomicFile(folder), folder + ": cannot write: expected a regular file");
  CHECK_THROWS_WITH(AtomicFile("/dev/null"), "/dev/null: cannot write: expected a regular file");
  CHECK_THROWS_WITH(AtomicFile(""), Catch::Contains("expected the name of a file"));
  CHECK_THROWS_AS(AtomicFile(scratch.path("slash/")), brain::Error);
  write_text(scratch.path("file"), "");
  CHECK_THROWS_WITH(AtomicFile(scratch.path("file/below")), Catch::Contains("Not a directory"));
}

TEST_CASE("a read-only folder or file is refused") {  // in a child that gives up root's rights
  Scratch scratch;
  write_text(scratch.path("protected"), "kept");
  chmod(scratch.path("protected").c_str(), 0444);
  fs::create_directory(scratch.path("locked"));
  chmod(scratch.path("locked").c_str(), 0555);
  chmod(scratch.folder.c_str(), 0777);
  CHECK(status_of_child([&] {
          if (geteuid() == 0 && setuid(65534) != 0) return 0;
          for (const std::string name : {"protected", "locked/file"}) {
            try {
              AtomicFile file(scratch.path(name));
              return 1;
            } catch (const brain::Error& error) {
              if (error.what() != scratch.path(name) + ": cannot write: Permission denied") return 2;
            }
          }
          return 0;
        }) == 0);
  CHECK(read_text(scratch.path("protected")) == "kept");
}

TEST_CASE("a full disk leaves the old file and no temporary") {
  Scratch scratch;
  const std::string target = scratch.path("big");
  write_text(target, "old");
  CHECK(status_of_child([&] {
          signal(SIGXFSZ, SIG_IGN);
          const rlimit limit{100000, 100000};
          setrlimit(RLIMIT_FSIZE, &limit);
          for (const std::size_t size : {10'000'000, 100'001}) {  // fails while writing, or only when flushed
            try {
              write_file_atomically(target, std::string(size, 'x'));
              return 1;
            } catch (const brain::Error& error) {
              if (error.what() != target + ": cannot write: File too large") return 2;
            }
          }
          return 0;
        }) == 0);
  CHECK(read_text(target) == "old");
  CHECK(entries(scratch.folder) == 1);
}

TEST_CASE("an error the caller overlooked still prevents commit") {
  Scratch scratch;
  CHECK(status_of_child([&] {
          signal(SIGXFSZ, SIG_IGN);
          const rlimit limit{1000, 1000};
          setrlimit(RLIMIT_FSIZE, &limit);
          AtomicFile file(scratch.path("a"));
          std::fputs(std::string(50000, 'x').c_str(), file.stream());
          try {
            file.commit();
          } catch (const brain::Error&) {
            return 0;
          }
          return 1;
        }) == 0);
  CHECK_FALSE(fs::exists(scratch.path("a")));
}

TEST_CASE("killed midway the target keeps its content") {
  Scratch scratch;
  const std::string target = scratch.path("model.safetensors");
  write_text(target, "old");
  CHECK(status_of_child([&] {
          AtomicFile file(target);
          file.write(std::string(1 << 20, 'x'));
          kill(getpid(), SIGKILL);
          file.commit();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(read_text(target) == "old");
  CHECK(entries(scratch.folder) == 2);  // the temporary stays
  write_file_atomically(target, "new");
  CHECK(read_text(target) == "new");
}

TEST_CASE("temporaries of killed writers are removed, those of living ones are not") {
  Scratch scratch;
  const fs::path target = scratch.path("state.bin");
  const fs::path dead = scratch.path(".state.bin.999999999-3.tmp"), other = scratch.path(".state.bin.old");
  for (const auto& path : {dead, other}) write_file_atomically(path, "x");
  AtomicFile living(target);
  brain::remove_abandoned_temporaries(target);
  CHECK_FALSE(fs::exists(dead));
  CHECK(fs::exists(other));
  CHECK(fs::exists(living.temporary()));
}
