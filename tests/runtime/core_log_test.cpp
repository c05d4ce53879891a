#include "core/log.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

#include "scratch.h"

using namespace brain;

namespace {

// Console output into a string, and everything back as it was afterwards.
struct Console {
  std::ostringstream out;
  explicit Console(bool terminal) { log_set_console(&out, terminal); }
  ~Console() {
    log_close_file();
    log_set_console(nullptr, false);
    log_set_console_hooks(nullptr);
    log_set_level(LogLevel::info);
  }
};

int lines_in(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

TEST_CASE("in a pipe the console keeps quiet but for warnings and errors") {
  Console console(false);
  log_set_level(LogLevel::trace);
  log_trace("a");
  log_debug("b");
  log_info("c");
  log_warn("weights: ", 3, " keys unused");
  log_error("d");
  CHECK(console.out.str() == "warning: weights: 3 keys unused\nerror: d\n");
}

TEST_CASE("on a terminal levels are coloured and info stands for itself") {
  unsetenv("NO_COLOR");
  {
    Console console(true);
    log_debug("below the level");
    log_info("read 12 images");
    log_warn("w");
    CHECK(console.out.str() == "read 12 images\n\033[33mwarning: \033[0mw\n");
  }
  setenv("NO_COLOR", "1", 1);
  {
    Console console(true);
    log_error("e");
    CHECK(console.out.str() == "error: e\n");
  }
  unsetenv("NO_COLOR");
}

TEST_CASE("the level drops records, off drops all") {
  Console console(true);
  log_set_level(log_level_from("error"));
  log_warn("w");
  log_set_level(log_level_from("off"));
  log_error("e");
  log_write(LogLevel::off, "not a level to write at");
  CHECK(console.out.str().empty());
  CHECK(log_level() == LogLevel::off);
}

TEST_CASE("an unknown level is answered with the list") {
  CHECK(log_level_from("warn") == LogLevel::warn);
  CHECK_THROWS_WITH(log_level_from("loud"),
                    "log level: expected trace, debug, info, warn, error or off, found 'loud'");
}

TEST_CASE("the file gets every record, one line each, with UTC time and level") {
  Scratch scratch;
  Console console(false);
  const std::string path = scratch.path("run/log.txt");
  log_open_file(path);
  log_info("first {} %v");  // no formatting of what a message contains
  log_debug("below the level");
  log_error("two\nlines");
  const std::string before_closing = read_text(path);
  log_close_file();
  log_info("after closing");
  const std::string text = read_text(path);
  CHECK(text == before_closing);
  const std::string stamp = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )";
  const std::regex expected(stamp + R"(info first \{\} %v\n)" + stamp + R"(error two\\nlines\n)");
  CHECK(std::regex_match(text, expected));
  CHECK(console.out.str() == "error: two\nlines\n");

  log_open_file(path);  // appends
  log_info("third");
  log_open_file(scratch.path("other.txt"));  // replaces
  log_info("fourth");
  CHECK(lines_in(read_text(path)) == 3);
  CHECK(lines_in(read_text(scratch.path("other.txt"))) == 1);
}

TEST_CASE("a log file that cannot be opened is an error") {
  Scratch scratch;
  CHECK_THROWS_WITH(log_open_file(scratch.folder.native()), Catch::Contains(scratch.folder.native()));
}

TEST_CASE("hooks surround a record") {
  Console console(true);
  static std::ostringstream* out;
  out = &console.out;
  static const LogHooks hooks{[] { *out << "<"; }, [] { *out << ">"; }};
  log_set_console_hooks(&hooks);
  log_info("a");
  CHECK(console.out.str() == "<a\n>");
}

TEST_CASE("records of several threads do not mix") {
  Scratch scratch;
  Console console(true);
  const std::string path = scratch.path("log.txt"), message(200, 'x');
  log_open_file(path);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) log_info(message);
    });
  for (auto& thread : threads) thread.join();
  std::istringstream shown(console.out.str());
  int good = 0;
  for (std::string line; std::getline(shown, line);) good += line == message;
  CHECK(good == 200);
  CHECK(lines_in(read_text(path)) == 200);
}
