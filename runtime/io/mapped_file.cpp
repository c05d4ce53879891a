#include "io/mapped_file.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <sys/mman.h>
#include <unistd.h>

#include "io/error.h"

namespace brain::io {
namespace {

struct Guarded {
  std::atomic<std::uintptr_t> begin{0};  // 0: free
  std::uintptr_t end = 0;
  std::atomic<bool> read{false}, lost{false};
  char path[240] = {};
};

constexpr std::size_t kGuarded = 4096;  // mappings beyond that many are not guarded
std::array<Guarded, kGuarded> guarded;
std::mutex changing;
struct sigaction before;

void say(const char* text) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
}

// Calls only what may be called in a handler; mmap is a plain system call here.
void on_bus_error(int, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (Guarded& one : guarded) {
    const std::uintptr_t begin = one.begin.load(std::memory_order_acquire);
    if (begin == 0 || address < begin || address >= one.end) continue;
    if (one.read) {
      say("brainlua: ");
      say(one.path);
      say(": became shorter while its content was in use\n");
      _exit(1);
    }
    const std::uintptr_t page = address & ~(static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE)) - 1);
    void* zeros = mmap(reinterpret_cast<void*>(page), one.end - page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (zeros == MAP_FAILED) _exit(1);
    one.lost = true;
    return;
  }
  sigaction(SIGBUS, &before, nullptr);  // not ours: it comes again
}

void install_handler() {
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

Guarded* guard(const void* memory, std::size_t size, const std::string& path) {
  const std::lock_guard lock(changing);
  static const bool installed = (install_handler(), true);
  static_cast<void>(installed);
  for (Guarded& one : guarded) {
    if (one.begin != 0) continue;
    one.end = reinterpret_cast<std::uintptr_t>(memory) + size;
    one.read = one.lost = false;
    std::strncpy(one.path, path.c_str(), sizeof one.path - 1);
    one.begin.store(reinterpret_cast<std::uintptr_t>(memory), std::memory_order_release);
    return &one;
  }
  return nullptr;
}

}  // namespace

Bytes map_file(int descriptor, std::size_t size, const std::string& path) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0);
  if (memory == MAP_FAILED) fail(path, ": cannot map: ", system_message());
  Guarded* const slot = guard(memory, size, path);
  std::shared_ptr<const void> owner(memory, [size, slot](void* p) {
    if (slot) slot->begin = 0;
    munmap(p, size);
  });
  return {static_cast<const std::uint8_t*>(memory), size, std::move(owner)};
}

bool guard_read(const void* begin) {
  for (Guarded& one : guarded)
    if (one.begin == reinterpret_cast<std::uintptr_t>(begin)) {
      one.read = true;
      return one.lost;
    }
  return false;
}

}  // namespace brain::io
