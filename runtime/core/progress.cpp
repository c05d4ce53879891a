#include "core/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <vector>

#include "core/log.h"
#include "core/terminal.h"

namespace brain {
namespace {

constexpr auto draw_interval = std::chrono::milliseconds(100);
constexpr int widest_bar = 30, narrowest_bar = 8;
constexpr double ticks_per_second = std::chrono::steady_clock::duration(std::chrono::seconds(1)).count();
int pauses = 0;  // guarded by bars_mutex()
const std::string clear_line = "\r\033[K";

std::recursive_mutex& bars_mutex() {
  static auto* mutex = new std::recursive_mutex;  // never destroyed: the log may use it at exit
  return *mutex;
}

// The live bars that draw, oldest first.
std::vector<Progress*>& live_bars() {
  static auto* bars = new std::vector<Progress*>;
  return *bars;
}

template <class... A>
std::string printed(const char* format, A... values) {
  char text[64];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string format_rate(double rate, const std::string& unit) {
  if (unit == "B") return format_bytes(rate) + "/s";
  if (rate < 1) return format_duration(1 / rate) + " each";
  return printed(rate < 10 ? "%.2f/s" : rate < 100 ? "%.1f/s" : "%.0f/s", rate);
}

std::string format_count(const ProgressState& s) {
  const bool bytes = s.unit == "B";
  const auto number = [&](std::int64_t n) { return bytes ? format_bytes(n) : std::to_string(n); };
  std::string text = number(s.done);
  if (s.total > 0) text += "/" + number(s.total);
  return bytes || s.unit.empty() ? text : text + " " + s.unit;
}

std::string format_bar(double fraction, int columns) {
  const int inside = columns - 2, filled = static_cast<int>(fraction * inside);
  std::string bar = "[" + std::string(filled, '=');
  if (filled < inside) bar += '>' + std::string(inside - filled - 1, ' ');
  return bar + ']';
}

}  // namespace

std::string format_duration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e12) return "?";
  if (seconds < 0.9995) return printed("%.0f ms", seconds * 1e3);
  if (seconds < 9.95) return printed("%.1f s", seconds);
  const long long s = std::llround(seconds), days = s / 86400, hours = s / 3600 % 24, minutes = s / 60 % 60;
  if (s < 60) return printed("%lld s", s);
  if (s < 3600) return printed("%lld:%02lld", minutes, s % 60);
  const std::string clock = printed("%lld:%02lld:%02lld", hours, minutes, s % 60);
  return days > 0 ? printed("%lld d ", days) + clock : clock;
}

std::string format_bytes(double bytes) {
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  int unit = 0;
  for (; std::fabs(bytes) >= (unit == 0 ? 1023.5 : 1023.95) && unit < 5; ++unit) bytes /= 1024;
  return printed(unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

void RateEstimate::add(double seconds, double items) {
  if (!(seconds > 0)) return;
  const double share = -std::expm1(-seconds / memory_);
  mean_ += share * (items / seconds - mean_);
  weight_ += share * (1 - weight_);
}

std::string progress_line(const ProgressState& s, int columns) {
  const bool known = s.total > 0;
  const double fraction = known ? std::clamp(static_cast<double>(s.done) / s.total, 0.0, 1.0) : 0;
  std::string times = format_duration(s.elapsed);
  if (known && s.rate > 0 && s.done < s.total)
    times += ", " + format_duration((s.total - s.done) / s.rate) + " left";
  // In order of importance; a part is taken when it still fits.
  int room = columns - std::min(text_columns(s.label), std::max(columns / 3, 8)), bar = 0;
  std::string tail;
  const auto take = [&](const std::string& part) {
    const int wanted = 2 + text_columns(part);
    if (part.empty() || wanted > room) return;
    tail += "  " + part;
    room -= wanted;
  };
  take(format_count(s));
  take(times);
  if (known && room >= 2 + narrowest_bar) {
    bar = narrowest_bar;
    room -= 2 + bar;
  }
  if (s.rate > 0) take(format_rate(s.rate, s.unit));
  take(fit_columns(s.note, columns));
  if (bar > 0) tail = "  " + format_bar(fraction, std::min(bar + room, widest_bar)) + tail;
  return fit_columns(s.label, columns - text_columns(tail)) + tail;
}

Progress::Progress(std::string label, std::int64_t total, std::string unit, ProgressTarget target)
    : out_(target.sink ? target.sink : stderr_is_terminal() ? &std::cerr : nullptr),
      columns_(target.columns),
      start_(Clock::now()),
      last_draw_(start_),
      ended_(!out_) {
  state_.label = std::move(label);
  state_.unit = std::move(unit);
  state_.total = total;
  if (ended_) return;
  next_draw_ = start_.time_since_epoch().count() + static_cast<Clock::rep>(target.delay * ticks_per_second);
  static const LogHooks hooks{&Progress::pause, &Progress::resume};
  std::lock_guard lock(bars_mutex());
  log_set_console_hooks(&hooks);
  if (!live_bars().empty()) live_bars().back()->erase();
  live_bars().push_back(this);
}

Progress::~Progress() {
  try {
    finish();
  } catch (...) {  // a bar that cannot be drawn is no reason to stop
  }
}

void Progress::advance(std::int64_t n) {
  done_.fetch_add(n, std::memory_order_relaxed);
  draw_when_due();
}

void Progress::set(std::int64_t done) {
  done_ = done;
  draw_when_due();
}

void Progress::note(std::string text) {
  std::lock_guard lock(bars_mutex());
  state_.note = std::move(text);
}

void Progress::finish() {
  std::lock_guard lock(bars_mutex());
  if (ended_) return;
  ended_ = true;
  next_draw_ = never;
  erase();
  auto& bars = live_bars();
  bars.erase(std::find(bars.begin(), bars.end(), this));
  if (!bars.empty()) {
    if (pauses == 0) bars.back()->show(bars.back()->line_);
  } else if (!line_.empty()) {
    update(Clock::now());
    state_.rate = state_.elapsed > 0 ? state_.done / state_.elapsed : 0;
    *out_ << progress_line(state_, width()) + "\n" << std::flush;
  }
}

void Progress::pause() {
  bars_mutex().lock();
  if (pauses++ == 0 && !live_bars().empty()) live_bars().back()->erase();
}

void Progress::resume() {
  if (--pauses == 0 && !live_bars().empty()) live_bars().back()->show(live_bars().back()->line_);
  bars_mutex().unlock();
}

// A thread that finds another one drawing goes on working.
void Progress::draw_when_due() {
  const Clock::rep due = next_draw_.load(std::memory_order_relaxed);
  if (due == never) return;
  const auto now = Clock::now();
  if (now.time_since_epoch().count() < due) return;
  std::unique_lock lock(bars_mutex(), std::try_to_lock);
  if (!lock || ended_ || pauses > 0 || next_draw_ != due) return;
  next_draw_ = (now + draw_interval).time_since_epoch().count();
  update(now);
  if (live_bars().back() == this) show(progress_line(state_, width()));
}

void Progress::update(Clock::time_point now) {
  const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  state_.done = done_;
  state_.elapsed = seconds(now - start_);
  const auto done_since = std::max<std::int64_t>(state_.done - last_done_, 0);
  rate_.add(seconds(now - last_draw_), static_cast<double>(done_since));
  state_.rate = rate_.per_second();
  last_draw_ = now;
  last_done_ = state_.done;
}

// One column less than there is: a terminal may wrap when the last one is filled.
int Progress::width() const { return (columns_ > 0 ? columns_ : terminal_columns()) - 1; }

void Progress::show(const std::string& line) {
  if (line.empty()) return;
  *out_ << clear_line + line << std::flush;
  if (&line != &line_) line_ = line;
  on_screen_ = true;
}

void forget_progress_bars() {
  std::lock_guard lock(bars_mutex());
  for (Progress* bar : live_bars()) {
    bar->ended_ = true;
    bar->next_draw_ = Progress::never;
  }
  live_bars().clear();
}

void Progress::erase() {
  if (on_screen_) *out_ << clear_line << std::flush;
  on_screen_ = false;
}

}  // namespace brain
