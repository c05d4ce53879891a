// Every reader on files with seeded damage, in a child process, so that a crash inside a library is seen and counted: each
// gives a value or an error of one line. BRAIN_FUZZ_ROUNDS=n asks for n mutations of each reader's seeds, BRAIN_FUZZ_READER=name
// for one reader.
#include <catch2/catch.hpp>

#include <csignal>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/readers.h"

namespace {

struct Tally {
  int next = 0, loaded = 0, refused = 0;
};

struct Random {  // Knuth's linear congruential generator
  std::uint64_t state;
  std::size_t below(std::size_t n) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>((state >> 33) % n);
  }
};

// Cuts it short, flips bytes (half of the time near the start, where headers are), exchanges or repeats a stretch.
void mutate(std::string& content, int seed) {
  Random draw{static_cast<std::uint64_t>(seed) * 7919 + 1};
  if (draw.below(10) == 0) content.resize(draw.below(content.size() + 1));
  if (content.empty()) return;
  if (draw.below(6) == 0) {
    const std::size_t from = draw.below(content.size()), length = std::min<std::size_t>(draw.below(40) + 1, content.size() - from);
    const std::string stretch = content.substr(from, length);
    const std::size_t to = draw.below(content.size());
    if (draw.below(2)) content.insert(to, stretch);
    else content.replace(to, std::min(length, content.size() - to), stretch);
  }
  for (std::size_t flips = draw.below(4) + 1; flips-- > 0;) {
    const std::size_t near = draw.below(2) ? std::min<std::size_t>(content.size(), 400) : content.size();
    content[draw.below(near)] = static_cast<char>(draw.below(3) == 0 ? 0xff : draw.below(256));
  }
}

// Which mutations ended the process.
std::vector<int> crashes(const fuzz::Reader& reader, const std::vector<std::string>& corpus, int rounds, Tally& tally) {
  std::vector<int> crashed;
  while (tally.next < rounds && crashed.size() < 20) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (const int fatal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE}) std::signal(fatal, SIG_DFL);
      while (tally.next < rounds) {
        const int round = tally.next++;
        std::string content = corpus[static_cast<std::size_t>(round) % corpus.size()];
        if (round >= static_cast<int>(corpus.size())) mutate(content, round);
        alarm(20);
        ++(fuzz::run(reader, content.data(), content.size()) ? tally.loaded : tally.refused);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    fuzz::remove_left(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) crashed.push_back(tally.next - 1);
  }
  return crashed;
}

}  // namespace

TEST_CASE("damaged files give a value or an error of one line") {
  const char *wanted = std::getenv("BRAIN_FUZZ_ROUNDS"), *chosen = std::getenv("BRAIN_FUZZ_READER");
  void* shared = mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  for (const fuzz::Reader& reader : fuzz::readers()) {
    if (chosen && std::string(chosen) != reader.name) continue;
    const auto corpus = fuzz::seeds(reader);
    if (corpus.empty()) continue;  // a build without the library
    auto& tally = *new (shared) Tally;
    const bool slow = std::string_view(reader.name).starts_with("matlab73") || std::string_view(reader.name) == "hdf5";
    const int rounds = wanted ? std::atoi(wanted) : slow ? 3000 : 1500;
    const auto crashed = crashes(reader, corpus, rounds, tally);
    for (const int round : crashed) WARN(reader.name << " ends the process on mutation " << round);
    INFO(reader.name << ": " << tally.loaded << " loaded, " << tally.refused << " refused");
    CHECK(crashed.empty());
    CHECK(tally.refused > rounds / 100);
    if (tally.loaded == 0) WARN(reader.name << ": nothing was accepted: is its library missing?");
  }
  munmap(shared, sizeof(Tally));
}
