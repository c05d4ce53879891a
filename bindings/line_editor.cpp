#include "bindings/line_editor.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <sys/select.h>
#include <unistd.h>

#include "core/interrupt.h"

namespace brain {
namespace {

class PlainEditor : public LineEditor {
 public:
  Status read(const std::string& prompt, std::string& line) override {
    const bool terminal = isatty(STDIN_FILENO);
    if (terminal) {
      std::fputs(prompt.c_str(), stdout);
      std::fflush(stdout);
    }
    const PromptSignals signals;
    for (;;) {
      if (take_line(line)) return Status::kLine;
      if (!signals.wait_readable(STDIN_FILENO)) {
        unread_.clear();
        if (terminal) std::puts("");
        return Status::kInterrupted;
      }
      char block[4096];
      const auto count = ::read(STDIN_FILENO, block, sizeof block);
      if (count > 0) unread_.append(block, static_cast<std::size_t>(count));
      else if (count == 0 || errno != EINTR) return last_line(line, terminal);
    }
  }

 private:
  bool take_line(std::string& line) {
    const auto end = unread_.find('\n');
    if (end == std::string::npos) return false;
    line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return true;
  }

  // At the end of input: what came without a newline.
  Status last_line(std::string& line, bool terminal) {
    if (terminal) std::puts("");
    if (unread_.empty()) return Status::kEof;
    line = std::exchange(unread_, {});
    return Status::kLine;
  }

  std::string unread_;
};

}  // namespace

std::string LineEditor::completing_text(const Completion& completion, std::string_view line) {
  if (completion.candidates.empty() || completion.start > line.size()) return {};
  std::string_view shared = completion.candidates.front();
  for (const std::string& candidate : completion.candidates) {
    const auto differ = std::mismatch(shared.begin(), shared.end(), candidate.begin(), candidate.end());
    shared = shared.substr(0, static_cast<std::size_t>(differ.first - shared.begin()));
  }
  while (shared.size() < completion.candidates.front().size() && !shared.empty() &&
         (completion.candidates.front()[shared.size()] & 0xC0) == 0x80)
    shared.remove_suffix(1);  // never half a character
  const std::size_t typed = line.size() - completion.start;
  return typed < shared.size() ? std::string(shared.substr(typed)) : std::string();
}

std::unique_ptr<LineEditor> make_plain_editor() { return std::make_unique<PlainEditor>(); }

std::unique_ptr<LineEditor> make_line_editor() {
  interrupt::install();
  return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? make_terminal_editor() : make_plain_editor();
}

PromptSignals::PromptSignals() {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  interrupt::set_prompt_mode(true);
  interrupt::clear();
  pthread_sigmask(SIG_BLOCK, &blocked, &outside_);
  sigdelset(&outside_, SIGINT);
}

PromptSignals::~PromptSignals() {
  pthread_sigmask(SIG_SETMASK, &outside_, nullptr);
  interrupt::clear();
  interrupt::set_prompt_mode(false);
}

bool PromptSignals::wait_readable(int descriptor) const {
  for (;;) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    // Another thread may take the signal while this one holds it back: nothing wakes this one then, so it looks itself.
    const timespec moment{0, 100'000'000};
    const int ready = pselect(descriptor + 1, &readable, nullptr, nullptr, &moment, &outside_);
    if (interrupt::requested()) return false;
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
  }
}

}  // namespace brain
