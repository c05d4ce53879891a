// Damaged HDF5 files: each is read in a child process, so that a crash inside the library is seen and counted.
#include <catch2/catch.hpp>
#include <cstring>

#include <csignal>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "hdf5_foreign.h"
#include "io/hdf5.h"
#include "scratch.h"

using namespace brain::io;

namespace {

struct Tally {
  int next = 0, loaded = 0, refused = 0, wrong = 0;
};

struct Random {  // Knuth's linear congruential generator
  std::uint64_t state;
  std::size_t below(std::size_t n) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % n);
  }
};

void mutate(std::string& content, int seed) {
  Random draw{static_cast<std::uint64_t>(seed) * 7919 + 1};
  if (draw.below(10) == 0) content.resize(draw.below(content.size()));
  for (std::size_t flips = draw.below(4) + 1; flips-- > 0 && !content.empty();)
    content[draw.below(content.size())] = static_cast<char>(draw.below(3) == 0 ? 0xff : draw.below(256));
}

void read_all(const std::string& path, Tally& tally) {
  try {
    const Hdf5File file(path, {.max_bytes = 64 << 20, .max_objects = 10'000});
    file.list();
    file.read();
    file.all_attributes();
    ++tally.loaded;
  } catch (const brain::Error& error) {
    const std::string message = error.what();
    if (message.find('\n') != std::string::npos || message.compare(0, path.size(), path) != 0) ++tally.wrong;
    ++tally.refused;
  }
}

}  // namespace

TEST_CASE("damaged HDF5 files give a value or an error of one line") {
  Scratch scratch;
  foreign::write_everything(scratch.path("all.h5"));
  Dict tree, group;
  group.put("name", text("naïve"));
  group.put("n", Value(0.5));
  tree.put("group", Value::of(std::move(group)));
  tree.put("flag", Value(true));
  write_hdf5(scratch.path("own.h5"), Value::of(std::move(tree)), {4, {}});
  const std::string corpus[] = {read_text(scratch.path("all.h5")), read_text(scratch.path("own.h5"))};
  const char* wanted = std::getenv("BRAIN_FUZZ_ROUNDS");
  const int rounds = wanted ? std::atoi(wanted) : 3000;
  void* shared = mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto& tally = *new (shared) Tally;
  std::vector<int> crashed;
  while (tally.next < rounds) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (const int fatal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE}) std::signal(fatal, SIG_DFL);
      while (tally.next < rounds) {
        const int seed = tally.next++;
        std::string content = corpus[seed % 2];
        mutate(content, seed);
        write_text(scratch.path("damaged.h5"), content);
        alarm(20);
        read_all(scratch.path("damaged.h5"), tally);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) crashed.push_back(tally.next - 1);
  }
  for (const int seed : crashed) WARN("the library crashes on mutation " << seed);
  CHECK(tally.wrong == 0);
  CHECK(tally.loaded > rounds / 20);
  CHECK(tally.refused > rounds / 20);
  CHECK(crashed.empty());
  munmap(shared, sizeof(Tally));
}
