#pragma once
// A forked process: it works on a copy of this one's memory as it is now, without its other threads. What it computes
// it must compute on one thread: a pool of threads does not survive the fork.
#include <functional>
#include <list>
#include <optional>
#include <string>

#include <sys/types.h>

namespace brain {

class Child {
 public:
  struct End {
    std::string problem;  // what the body returned, or the signal that ended it; empty: all is well
    std::string printed;  // on standard output and standard error
  };

  // Runs the body in a child, which ends with it. It gives what went wrong, or an empty text; an exception is that, too.
  // The child draws no progress bars, its log is that of a pipe, and it is gone when its parent is.
  explicit Child(const std::function<std::string()>& body);
  ~Child();  // ends a child that still runs; nothing in other processes than its parent
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // How the child ended; nothing while it runs. Does not wait.
  const std::optional<End>& poll();
  void stop() noexcept;

 private:
  void finish(int status);

  pid_t parent_ = -1, pid_ = -1;
  int told_ = -1, printed_ = -1;  // files in memory that parent and child share
  std::optional<End> end_;
};

// What must be done before a fork while this lives: whoever has threads that wait stops them, as a child would wait for
// threads that it does not have. Of the thread that forks.
class BeforeFork {
 public:
  explicit BeforeFork(std::function<void()> action);
  ~BeforeFork();
  BeforeFork(const BeforeFork&) = delete;
  BeforeFork& operator=(const BeforeFork&) = delete;

 private:
  std::list<std::function<void()>>::iterator place_;
};

}  // namespace brain
