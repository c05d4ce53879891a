#include "core/interrupt.h"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

namespace interrupt = brain::interrupt;

namespace {

// Runs the body in a child and returns its exit status, or 128 + signal.
int status_of_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(5);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

volatile sig_atomic_t calls = 0;

}  // namespace

TEST_CASE("a request is seen until it is cleared") {
  interrupt::clear();
  CHECK_NOTHROW(interrupt::check());
  interrupt::request();
  CHECK(interrupt::requested());
  CHECK_THROWS_AS(interrupt::check(), brain::Interrupted);
  CHECK_THROWS_AS(interrupt::check(), brain::Interrupted);  // swallowing the first does not help
  interrupt::clear();
  CHECK_NOTHROW(interrupt::check());
}

TEST_CASE("request calls the extra function") {
  calls = 0;
  interrupt::on_signal([] { calls = calls + 1; });
  interrupt::request();
  interrupt::on_signal(nullptr);
  interrupt::request();
  interrupt::clear();
  CHECK(calls == 1);
}

TEST_CASE("the first Ctrl-C sets the flag, the second leaves with 130") {
  CHECK(status_of_child([] {
          interrupt::install();
          interrupt::on_signal([] { calls = calls + 1; });
          calls = 0;
          errno = 7;
          raise(SIGINT);
          if (errno != 7 || !interrupt::requested() || calls != 1) return 1;
          interrupt::clear();
          raise(SIGINT);  // a new request
          if (!interrupt::requested() || calls != 2) return 2;
          raise(SIGINT);
          return 3;
        }) == 130);
}

TEST_CASE("at a prompt signals only set the flag") {
  CHECK(status_of_child([] {
          interrupt::install();
          interrupt::on_signal([] { calls = 99; });
          calls = 0;
          interrupt::set_prompt_mode(true);
          for (int i = 0; i < 3; ++i) raise(SIGINT);
          return interrupt::requested() && calls == 0 ? 0 : 1;
        }) == 0);
}

TEST_CASE("a signal ends a blocking read at the prompt and nowhere else") {
  const auto read_meets_signal = [](bool prompt) {
    return status_of_child([prompt] {
      interrupt::install();
      interrupt::set_prompt_mode(prompt);
      int ends[2];
      if (pipe(ends) != 0) return 9;
      const pid_t parent = getpid(), helper = fork();
      if (helper == 0) {
        for (int i = 0; i < (prompt ? 100 : 1); ++i) {  // until one of them meets the read
          usleep(20000);
          kill(parent, SIGINT);
        }
        usleep(20000);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
      }
      char byte;
      const bool got = read(ends[0], &byte, 1) == 1;
      const int error = errno;
      kill(helper, SIGKILL);
      waitpid(helper, nullptr, 0);
      if (!interrupt::requested()) return 8;
      return got ? 1 : error == EINTR ? 2 : 7;
    });
  };
  CHECK(read_meets_signal(false) == 1);
  CHECK(read_meets_signal(true) == 2);
}

TEST_CASE("leaving clears the terminal's line and restores its settings") {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    alarm(5);
    interrupt::install();
    termios raw;
    tcgetattr(STDIN_FILENO, &raw);
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    raise(SIGINT);
    raise(SIGINT);
    _exit(1);
  }
  REQUIRE(child > 0);
  int status = 0;
  std::string shown;
  char text[64];
  for (ssize_t n; (n = read(terminal, text, sizeof text)) > 0;) shown.append(text, n);
  waitpid(child, &status, 0);
  termios after{};
  CHECK(tcgetattr(terminal, &after) == 0);
  close(terminal);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
  CHECK(shown == "\r\033[K");
  CHECK((after.c_lflag & ECHO) != 0);
}
