#include "core/child.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"

namespace brain {
namespace {

constexpr std::size_t most_text = 1 << 20;

// Of the thread that forks: no lock.
std::list<std::function<void()>>& actions() {
  static auto* list = new std::list<std::function<void()>>;  // columns of a Lua state may outlive static objects
  return *list;
}

int memory_file(const char* name) {
  const int file = memfd_create(name, MFD_CLOEXEC);
  if (file < 0) fail("child: ", system_message());
  return file;
}

std::string contents(int file) {
  std::string text(most_text, '\0');
  const ssize_t n = pread(file, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

[[noreturn]] void run(const std::function<std::string()>& body, pid_t parent, int told, int printed) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  dup2(printed, STDOUT_FILENO);
  dup2(printed, STDERR_FILENO);
  forget_progress_bars();
  log_set_console(nullptr, false);
  std::string problem;
  try {
    problem = body();
  } catch (const std::exception& error) {
    problem = error.what();
  } catch (...) {
    problem = "an unknown exception";
  }
  std::cout.flush();
  std::fflush(nullptr);
  const ssize_t written = write(told, problem.data(), problem.size());
  _exit(written == static_cast<ssize_t>(problem.size()) ? 0 : 1);
}

}  // namespace

Child::Child(const std::function<std::string()>& body) : parent_(getpid()) {
  for (const auto& action : actions()) action();
  std::cout.flush();
  std::fflush(nullptr);
  told_ = memory_file("told");
  printed_ = memory_file("printed");
  pid_ = fork();
  if (pid_ == 0) run(body, parent_, told_, printed_);
  if (pid_ > 0) return;
  const std::string message = system_message();
  close(told_);
  close(printed_);
  fail("child: fork: ", message);
}

Child::~Child() {
  stop();
  close(told_);
  close(printed_);
}

void Child::finish(int status) {
  end_ = End{contents(told_), contents(printed_)};
  if (WIFSIGNALED(status))
    end_->problem = join_text("ended by signal ", WTERMSIG(status), WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "");
  else if (WEXITSTATUS(status) != 0 && end_->problem.empty())
    end_->problem = join_text("ended with status ", WEXITSTATUS(status));
}

const std::optional<Child::End>& Child::poll() {
  int status = 0;
  if (!end_ && waitpid(pid_, &status, WNOHANG) == pid_) finish(status);
  return end_;
}

void Child::stop() noexcept {
  if (end_ || getpid() != parent_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  end_ = End{};
}

BeforeFork::BeforeFork(std::function<void()> action) : place_(actions().insert(actions().end(), std::move(action))) {}

BeforeFork::~BeforeFork() { actions().erase(place_); }

}  // namespace brain
