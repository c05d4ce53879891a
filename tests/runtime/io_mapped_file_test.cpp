#include "io/mapped_file.h"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "scratch.h"

using namespace brain::io;

TEST_CASE("pages that are lost while a file is read are an error, not a crash") {
  Scratch scratch;
  const std::string path = scratch.path("large");
  write_text(path, std::string(3 << 20, 'x'));
  const File file(path);
  const Bytes& bytes = file.bytes();
  CHECK(bytes.data[2 << 20] == 'x');
  std::filesystem::resize_file(path, 1 << 20);
  CHECK(bytes.data[2 << 20] == 0);
  CHECK(bytes.data[100] == 'x');
  std::filesystem::resize_file(path, 3 << 20);  // as if nothing had been
  CHECK_THROWS_WITH(file.check(), Catch::Contains("large: became shorter while it was read"));
}

TEST_CASE("a file that becomes shorter while its values are in use ends the program in one line") {
  Scratch scratch;
  const std::string path = scratch.path("large"), words = scratch.path("words");
  write_text(path, std::string(3 << 20, 'x'));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!std::freopen(words.c_str(), "w", stderr)) _exit(3);
    const File file(path);
    file.check();
    std::filesystem::resize_file(path, 1 << 20);
    _exit(file.bytes().data[2 << 20] == 'x' ? 4 : 5);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(read_text(words) == "brainlua: " + path + ": became shorter while its content was in use\n");
}

TEST_CASE("mappings come and go") {
  Scratch scratch;
  write_text(scratch.path("a"), std::string(2 << 20, 'a'));
  for (int n = 0; n < 5000; ++n) {
    const File file(scratch.path("a"));
    REQUIRE(file.bytes().data[(2 << 20) - 1] == 'a');
    file.check();
  }
}
