#include "core/interrupt.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <termios.h>
#include <unistd.h>

#include "core/error.h"

namespace brain::interrupt {
namespace {

std::atomic<bool> pending{false};
std::atomic<bool> at_prompt{false};
std::atomic<bool> installed{false};
std::atomic<void (*)()> extra{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<void (*)()>::is_always_lock_free);

termios terminal_settings;  // written once, before the handler is in place
bool settings_saved = false;

// Only async-signal-safe calls. The line is cleared because a progress bar may stand on it.
[[noreturn]] void leave() {
  if (settings_saved) tcsetattr(STDIN_FILENO, TCSANOW, &terminal_settings);
  if (isatty(STDERR_FILENO)) {
    const char clear_line[] = "\r\033[K";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, clear_line, sizeof clear_line - 1);
  }
  _exit(130);
}

void handle(int) {
  const int saved_errno = errno;
  const bool second = pending.exchange(true);
  if (!at_prompt) {
    if (second) leave();
    if (auto* function = extra.load()) function();
  }
  errno = saved_errno;
}

void take_signal() {
  struct sigaction action {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGTTOU);  // or tcsetattr would stop a process in the background
  action.sa_flags = at_prompt ? 0 : SA_RESTART;
  if (sigaction(SIGINT, &action, nullptr) != 0) fail("cannot handle Ctrl-C: ", system_message());
}

}  // namespace

void install() {
  if (installed) return;
  settings_saved = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &terminal_settings) == 0;
  take_signal();
  installed = true;
}

bool requested() noexcept { return pending.load(std::memory_order_relaxed); }
void clear() noexcept { pending = false; }

void check() {
  if (requested()) throw Interrupted();
}

void on_signal(void (*function)()) noexcept { extra = function; }

void request() noexcept {
  pending = true;
  if (auto* function = extra.load()) function();
}

void set_prompt_mode(bool on) {
  at_prompt = on;
  if (installed) take_signal();
}

}  // namespace brain::interrupt
