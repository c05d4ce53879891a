#include "core/progress.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <sstream>
#include <thread>
#include <vector>

#include "core/log.h"
#include "core/terminal.h"

using namespace brain;

TEST_CASE("format_duration") {
  CHECK(format_duration(0) == "0 ms");
  CHECK(format_duration(0.35) == "350 ms");
  CHECK(format_duration(0.9996) == "1.0 s");
  CHECK(format_duration(4.2) == "4.2 s");
  CHECK(format_duration(9.96) == "10 s");
  CHECK(format_duration(59.4) == "59 s");
  CHECK(format_duration(59.6) == "1:00");
  CHECK(format_duration(123) == "2:03");
  CHECK(format_duration(3723) == "1:02:03");
  CHECK(format_duration(3599.7) == "1:00:00");
  CHECK(format_duration(2 * 86400 + 3 * 3600 + 245) == "2 d 3:04:05");
  CHECK(format_duration(-1) == "?");
  CHECK(format_duration(std::nan("")) == "?");
  CHECK(format_duration(std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("format_bytes") {
  CHECK(format_bytes(0) == "0 B");
  CHECK(format_bytes(1023) == "1023 B");
  CHECK(format_bytes(1024) == "1.0 KiB");
  CHECK(format_bytes(1536) == "1.5 KiB");
  CHECK(format_bytes(1024 * 1024 - 1) == "1.0 MiB");
  CHECK(format_bytes(3.0 * (1 << 30)) == "3.0 GiB");
  CHECK(format_bytes(-2048) == "-2.0 KiB");
}

TEST_CASE("the rate is exact when constant and follows a change") {
  RateEstimate rate(10);
  CHECK(rate.per_second() == 0);
  rate.add(0.1, 5);
  CHECK(rate.per_second() == Approx(50));
  for (int i = 0; i < 20; ++i) rate.add(0.5, 25);
  CHECK(rate.per_second() == Approx(50));
  for (int i = 0; i < 100; ++i) rate.add(1, 10);
  CHECK(rate.per_second() == Approx(10).epsilon(0.01));
  rate.add(0, 1000);
  CHECK(rate.per_second() == Approx(10).epsilon(0.01));
  // Closed form for two intervals: weights e^(-1/10) (1 - e^(-1/10)) and 1 - e^(-1/10).
  RateEstimate two(10);
  two.add(1, 100);
  two.add(1, 0);
  const double w = std::exp(-0.1);
  CHECK(two.per_second() == Approx(100 * w / (1 + w)));
}

TEST_CASE("a line holds label, bar, count, time spent and left, rate and note") {
  ProgressState s{"extract", "images", "loss 0.31", 450, 1000, 12, 45};
  CHECK(progress_line(s, 120) ==
        "extract  [============>               ]  450/1000 images  12 s, 12 s left  45.0/s  loss 0.31");
  CHECK(progress_line(s, 60) == "extract  [===>   ]  450/1000 images  12 s, 12 s left  45.0/s");
  s.total = 0;
  CHECK(progress_line(s, 120) == "extract  450 images  12 s  45.0/s  loss 0.31");
  s = {"resample", "", "", 3, 10, 60, 0.05};
  CHECK(progress_line(s, 60) == "resample  [====>         ]  3/10  1:00, 2:20 left  20 s each");
  s = {"hash", "B", "", 1 << 20, 1 << 21, 1, 1 << 20};
  CHECK(progress_line(s, 120) ==
        "hash  [==============>             ]  1.0 MiB/2.0 MiB  1.0 s, 1.0 s left  1.0 MiB/s");
  s = {"done", "", "", 10, 10, 4, 2.5};
  CHECK(progress_line(s, 120) == "done  [============================]  10/10  4.0 s  2.50/s");
}

TEST_CASE("a line fits every width and stays UTF-8") {
  const std::string label = "Größenvergleich der 脳波 über alle Bedingungen";
  const ProgressState s{label, "Bilder", "Verlust α=0,31", 450, 1000, 3723, 0.31};
  for (int columns = 0; columns < 160; ++columns) {
    const std::string line = progress_line(s, columns);
    CAPTURE(columns, line);
    CHECK(text_columns(line) <= columns);
    CHECK(line.find('?') == std::string::npos);
  }
  CHECK(text_columns(progress_line({"label\nwith a break", "", "", 0, -1, 0, 0}, 80)) < 80);
  CHECK(progress_line({"over", "", "", 12, 10, 1, 1}, 80).find("12/10") != std::string::npos);
}

TEST_CASE("a bar redraws at most ten times a second and ends with a line") {
  std::ostringstream out;
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  {
    Progress bar("count", 1000000, "", {&out, 80, 0});
    while (seconds() < 0.25) bar.advance();
    bar.note("nearly");
    bar.set(1000000);
    bar.finish();
    bar.finish();
    bar.advance();
    CHECK(bar.done() == 1000001);
  }
  const std::string text = out.str();
  const auto redraws = std::count(text.begin(), text.end(), '\r') - 1;  // the last one erases
  CHECK(redraws >= 1);
  CHECK(redraws <= 1 + seconds() / 0.1);
  CHECK(text.find("1000000/1000000") != std::string::npos);
  CHECK(text.find("nearly") != std::string::npos);
  CHECK(text.back() == '\n');
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("a bar that ends within its delay never shows") {
  std::ostringstream out;
  {
    Progress bar("quick", 10, "", {&out, 80, 5});
    for (int i = 0; i < 10; ++i) bar.advance();
  }
  CHECK(out.str().empty());
}

TEST_CASE("several threads advance one bar") {
  std::ostringstream out;
  Progress bar("threads", 40000, "", {&out, 80, 0});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) bar.advance();
    });
  for (auto& thread : threads) thread.join();
  bar.finish();
  CHECK(bar.done() == 40000);
}

TEST_CASE("of nested bars the inner one is drawn and leaves no trace") {
  std::ostringstream out;
  {
    Progress outer("epochs", 2, "", {&out, 80, 0});
    outer.advance();
    {
      Progress inner("batches", 5, "", {&out, 80, 0});
      inner.advance();
      out.str("");
    }
    CHECK(out.str().find("batches") == std::string::npos);
    CHECK(out.str().find("\r\033[K") == 0);
    CHECK(out.str().find("epochs") != std::string::npos);  // the outer one is back
    CHECK(out.str().find('\n') == std::string::npos);
  }
  CHECK(out.str().back() == '\n');
}

TEST_CASE("log lines and printing push the bar aside and bring it back") {
  std::ostringstream out;
  log_set_console(&out, true);
  {
    Progress bar("train", 10, "", {&out, 80, 0});
    bar.advance();
    const std::string drawn = out.str();
    REQUIRE(drawn.find("\r\033[Ktrain") == 0);
    out.str("");
    log_info("epoch 1");
    CHECK(out.str() == "\r\033[Kepoch 1\n" + drawn);
    out.str("");
    {
      ProgressPause pause;
      out << "printed\n";
      log_info("and logged");
      bar.advance();
    }
    CHECK(out.str() == "\r\033[Kprinted\nand logged\n" + drawn);
  }
  log_set_console(nullptr, false);
}
