// The only file that includes spdlog: its fmt must not meet the one that LibTorch's headers bring along.
#ifndef SPDLOG_HEADER_ONLY
#define SPDLOG_HEADER_ONLY
#endif
#ifndef FMT_HEADER_ONLY
#define FMT_HEADER_ONLY
#endif
#include "core/log.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/spdlog.h>

#include "core/terminal.h"

namespace brain {
namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};

std::atomic<LogLevel> current_level{LogLevel::info};
std::atomic<const LogHooks*> hooks{nullptr};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  using namespace spdlog::level;
  constexpr level_enum levels[] = {trace, debug, info, warn, err, off};
  return levels[static_cast<int>(level)];
}

// "warning: " in yellow and the like; an info record stands for itself.
struct Prefix {
  const char *text, *colour;
};
Prefix prefix_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace: return {"trace: ", "\033[2m"};
    case spdlog::level::debug: return {"debug: ", "\033[2m"};
    case spdlog::level::warn: return {"warning: ", "\033[33m"};
    case spdlog::level::err: return {"error: ", "\033[1;31m"};
    default: return {"", ""};
  }
}

class ConsoleSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  ConsoleSink() { direct(nullptr, false); }

  void direct(std::ostream* sink, bool terminal) {
    std::lock_guard lock(mutex_);
    out_ = sink ? sink : &std::cerr;
    terminal_ = sink ? terminal : stderr_is_terminal();
    const char* no_colour = std::getenv("NO_COLOR");  // https://no-color.org
    coloured_ = terminal_ && !(no_colour && *no_colour);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& record) override {
    if (!terminal_ && record.level < spdlog::level::warn) return;
    const Prefix prefix = prefix_of(record.level);
    std::string line;
    if (coloured_ && *prefix.colour)
      line.append(prefix.colour).append(prefix.text).append("\033[0m");
    else
      line.append(prefix.text);
    line.append(record.payload.data(), record.payload.size()).push_back('\n');
    *out_ << line << std::flush;  // one write, so that lines of several processes do not mix
  }
  void flush_() override { out_->flush(); }

 private:
  std::ostream* out_ = nullptr;
  bool terminal_ = false, coloured_ = false;
};

// The message with its line breaks written as \n: a record in the file is one line.
class OneLine : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& record, const std::tm&, spdlog::memory_buf_t& line) override {
    for (const char c : record.payload) {
      if (c == '\n') line.push_back('\\');
      line.push_back(c == '\n' ? 'n' : c);
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<OneLine>(); }
};

struct Log {
  std::shared_ptr<ConsoleSink> console = std::make_shared<ConsoleSink>();
  std::shared_ptr<spdlog::sinks::dist_sink_mt> sinks = std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::logger logger{"brainlua", sinks};
  std::mutex file_mutex;
  std::shared_ptr<spdlog::sinks::sink> file;

  Log() {
    sinks->add_sink(console);
    logger.set_level(spdlog::level::trace);  // current_level decides
    logger.flush_on(spdlog::level::trace);
    logger.set_error_handler([](const std::string& why) { std::cerr << "warning: log: " + why + "\n"; });
  }
};

// Never destroyed, so that destructors of static objects may still log.
Log& the_log() {
  static Log* log = new Log;
  return *log;
}

}  // namespace

void log_set_level(LogLevel level) { current_level = level; }
LogLevel log_level() noexcept { return current_level.load(std::memory_order_relaxed); }

LogLevel log_level_from(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == name) return static_cast<LogLevel>(i);
  fail("log level: expected trace, debug, info, warn, error or off, found '", name, "'");
}

void log_open_file(const std::string& path) {
  std::shared_ptr<spdlog::sinks::sink> file;
  try {
    file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  } catch (const spdlog::spdlog_ex& error) {
    fail("log file: ", error.what());
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %*");
  file->set_formatter(std::move(formatter));
  log_close_file();
  Log& log = the_log();
  std::lock_guard lock(log.file_mutex);
  log.sinks->add_sink(log.file = file);
}

void log_close_file() {
  Log& log = the_log();
  std::lock_guard lock(log.file_mutex);
  if (log.file) log.sinks->remove_sink(log.file);
  log.file = nullptr;
}

void log_write(LogLevel level, std::string_view message) {
  if (level == LogLevel::off || level < log_level()) return;
  const LogHooks* around = hooks;  // called outside the sinks' locks: the bar's lock is always taken first
  if (around) around->before();
  the_log().logger.log(spdlog_level(level), spdlog::string_view_t(message.data(), message.size()));
  if (around) around->after();
}

void log_set_console(std::ostream* sink, bool terminal) { the_log().console->direct(sink, terminal); }
void log_set_console_hooks(const LogHooks* around) { hooks = around; }

}  // namespace brain
