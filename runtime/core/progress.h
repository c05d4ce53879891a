#pragma once
// A progress bar on standard error: label, bar, count, rate, time spent and time left. It draws only on a
// terminal, when advanced, at most ten times a second, and only for work that takes longer than a moment.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>

namespace brain {

// "350 ms", "4.2 s", "42 s", "2:03" (minutes), "1:02:03" (hours), "2 d 3:04:05"; "?" for a negative or
// non-finite number.
std::string format_duration(double seconds);

// "512 B", "1.5 KiB", "3.0 GiB": powers of 1024, as memory is counted.
std::string format_bytes(double bytes);

// Items per second, exponentially smoothed over about `memory` seconds and unbiased from the first sample on.
class RateEstimate {
 public:
  explicit RateEstimate(double memory = 10) : memory_(memory) {}
  void add(double seconds, double items);
  double per_second() const { return weight_ > 0 ? mean_ / weight_ : 0; }

 private:
  double memory_, mean_ = 0, weight_ = 0;
};

// Everything one line shows; total <= 0: unknown; unit "B" counts bytes; rate 0: not known yet.
struct ProgressState {
  std::string label, unit, note;
  std::int64_t done = 0, total = 0;
  double elapsed = 0, rate = 0;
};

// The line, at most `columns` wide: a long label is cut, and what matters least is left out.
std::string progress_line(const ProgressState& state, int columns);

// Where a bar draws. The default is standard error if it is a terminal; a sink always draws.
struct ProgressTarget {
  std::ostream* sink = nullptr;
  int columns = 0;     // 0: ask the terminal
  double delay = 0.3;  // seconds before a bar first shows
};

// Safe to advance from any thread. Of several live bars the newest is drawn; only the oldest leaves its last
// line on the screen.
class Progress {
 public:
  Progress(std::string label, std::int64_t total, std::string unit = "", ProgressTarget target = {});
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::int64_t n = 1);
  void set(std::int64_t done);
  void note(std::string text);  // shown at the end of the line ("loss 0.31")
  void finish();                // draws the last state and ends the bar; later calls do nothing
  std::int64_t done() const { return done_; }

 private:
  friend class ProgressPause;
  friend void forget_progress_bars();
  using Clock = std::chrono::steady_clock;
  static constexpr auto never = std::numeric_limits<Clock::rep>::max();

  static void pause();   // erases the drawn bar and keeps other threads from drawing until resume()
  static void resume();
  void draw_when_due();
  void update(Clock::time_point now);
  int width() const;
  void show(const std::string& line);
  void erase();

  std::ostream* out_;
  int columns_;
  ProgressState state_;  // guarded by the mutex of the bars, as all below but the atomics
  RateEstimate rate_;
  Clock::time_point start_, last_draw_;
  std::int64_t last_done_ = 0;
  bool ended_, on_screen_ = false;
  std::string line_;  // drawn last; empty: never drawn
  std::atomic<std::int64_t> done_{0};
  std::atomic<Clock::rep> next_draw_{never};  // ticks of the clock
};

// Takes the drawn bar off the screen while it lives, for whoever prints to the terminal; the log does it by
// itself.
class ProgressPause {
 public:
  ProgressPause() { Progress::pause(); }
  ~ProgressPause() { Progress::resume(); }
  ProgressPause(const ProgressPause&) = delete;
  ProgressPause& operator=(const ProgressPause&) = delete;
};

// In a forked process: the bars on the screen are those of its parent.
void forget_progress_bars();

}  // namespace brain
