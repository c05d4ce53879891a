// Forked processes: what they tell, how they end, and that no thread is missed in them.
#include <csignal>
#include <cstdio>
#include <iostream>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "core/child.h"
#include "core/log.h"

namespace {

brain::Child::End end_of(brain::Child& child) {
  while (!child.poll()) usleep(1000);
  return *child.poll();
}

}  // namespace

TEST_CASE("a child tells what went wrong and keeps what it printed") {
  brain::Child fine([] { return std::string(); });
  CHECK(end_of(fine).problem.empty());
  brain::Child told([] {
    std::cout << "on output\n" << std::flush;
    std::fprintf(stderr, "on error\n");
    return std::string("no such thing");
  });
  CHECK(end_of(told).problem == "no such thing");
  CHECK(end_of(told).printed == "on output\non error\n");
  brain::Child thrown([]() -> std::string { throw std::runtime_error("thrown"); });
  CHECK(end_of(thrown).problem == "thrown");
  brain::Child logged([] {
    brain::log_info("not in a pipe");
    brain::log_warn("careful");
    return std::string();
  });
  const auto end = end_of(logged);
  CHECK(end.printed.find("careful") != std::string::npos);
  CHECK(end.printed.find("not in a pipe") == std::string::npos);
}

TEST_CASE("a child sees the memory as it was and changes its own") {
  int number = 7;
  brain::Child child([&] {
    const bool seen = number == 7;
    number = 8;
    return std::string(seen ? "" : "not seen");
  });
  CHECK(end_of(child).problem.empty());
  CHECK(number == 7);
}

TEST_CASE("a child that is killed, leaves early or is stopped") {
  brain::Child killed([] {
    raise(SIGKILL);
    return std::string();
  });
  CHECK(end_of(killed).problem == "ended by signal 9 (out of memory?)");
  brain::Child left([]() -> std::string { _exit(3); });
  CHECK(end_of(left).problem == "ended with status 3");
  const auto wait = [] {
    pause();
    return std::string();
  };
  brain::Child stopped(wait);
  CHECK_FALSE(stopped.poll());
  stopped.stop();
  CHECK(stopped.poll());
  { brain::Child forgotten(wait); }
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);  // nobody is left behind
}

TEST_CASE("what must be done before a fork is done") {
  int done = 0;
  {
    brain::BeforeFork before([&] { ++done; });
    brain::Child child([&] { return std::string(done == 1 ? "" : "not done"); });
    CHECK(end_of(child).problem.empty());
  }
  brain::Child child([] { return std::string(); });
  CHECK(end_of(child).problem.empty());
  CHECK(done == 1);
}
