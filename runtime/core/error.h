#pragma once
// The one exception type of the program. A message is one line: what was expected, what came, where.

#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace brain {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Thrown between blocks of a long computation after Ctrl-C (interrupt.h); never an error of the computation.
class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted") {}
};

// The parts printed one after another, as operator<< prints them.
template <class... P>
std::string join_text(const P&... parts) {
  std::ostringstream out;
  ((out << parts), ...);
  return std::move(out).str();
}

// Throws Error with the joined parts: fail(path, ": expected 3 dimensions, found ", n).
template <class... P>
[[noreturn]] void fail(const P&... parts) {
  throw Error(join_text(parts...));
}

// The system's words for an errno value ("No such file or directory"); safe to call from any thread.
inline std::string system_message(int error_number = errno) {
  return std::generic_category().message(error_number);
}

}  // namespace brain
