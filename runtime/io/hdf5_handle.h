#pragma once
// What the files about HDF5 share: one lock around the library, handles that close themselves, errors of one
// line. Included by hdf5*.cpp alone, for it includes the library's header.
#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

namespace brain::io::hdf5 {

// Holds the library's lock, for the library is one shared state. The first one sets the library up: nothing
// is printed, no plug-in is ever loaded, links into other files are not followed.
class Library {
 public:
  Library();

 private:
  std::unique_lock<std::recursive_mutex> lock_;
};

// An identifier of the library and what closes it.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }
  void reset() {
    if (id_ >= 0) close_(std::exchange(id_, -1));
  }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

// Throws "WHERE: WHAT: the library's innermost reason" when a result is negative; else returns it.
template <class T>
T check(T result, const std::string& where, const char* what);
// Remembers the reason of the failure that a function of ours, called by the library, is about to return to it.
void set_reason(std::string reason);
[[noreturn]] void fail_with_reason(const std::string& where, const char* what);

template <class T>
T check(T result, const std::string& where, const char* what) {
  if (result < 0) fail_with_reason(where, what);
  return result;
}

}  // namespace brain::io::hdf5
