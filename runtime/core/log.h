#pragma once
// What the program tells its user. On a terminal: short, coloured lines on standard error; in a pipe only
// warnings and errors; in the log file, when one is open, every record with its UTC time and level.
// Thread-safe.

#include <iosfwd>
#include <string>
#include <string_view>

#include "core/error.h"

namespace brain {

enum class LogLevel { trace, debug, info, warn, error, off };

// Records below the level are dropped everywhere. Info is the default.
void log_set_level(LogLevel level);
LogLevel log_level() noexcept;

// The level of that name; the error lists the names there are.
LogLevel log_level_from(std::string_view name);

// Appends every record to the file from now on, one line each (a line break in a message is written as \n),
// flushed at once. Replaces a file opened before; makes the file's folder; throws Error when it cannot be
// opened.
void log_open_file(const std::string& path);
void log_close_file();

void log_write(LogLevel level, std::string_view message);

// Sends console output to `sink` as if it were a terminal or a pipe; nullptr: standard error again.
void log_set_console(std::ostream* sink, bool terminal);

// Called before and after each record, so that a progress bar can leave the line and come back. The functions
// must not throw; the structure must outlive its use.
struct LogHooks {
  void (*before)();
  void (*after)();
};
void log_set_console_hooks(const LogHooks* hooks);

// log_info("read ", n, " images"): the parts are put together only when the record is wanted.
template <class... P>
void log_parts(LogLevel level, const P&... parts) {
  if (level >= log_level()) log_write(level, join_text(parts...));
}
template <class... P> void log_trace(const P&... parts) { log_parts(LogLevel::trace, parts...); }
template <class... P> void log_debug(const P&... parts) { log_parts(LogLevel::debug, parts...); }
template <class... P> void log_info(const P&... parts) { log_parts(LogLevel::info, parts...); }
template <class... P> void log_warn(const P&... parts) { log_parts(LogLevel::warn, parts...); }
template <class... P> void log_error(const P&... parts) { log_parts(LogLevel::error, parts...); }

}  // namespace brain
