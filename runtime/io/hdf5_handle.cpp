#include "io/hdf5_handle.h"

#include "io/error.h"

namespace brain::io::hdf5 {
namespace {

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

std::string pending_reason;  // under the library's lock

void set_up() {
  H5dont_atexit();  // whoever holds a file at exit closes it later than the library would
  H5open();
  H5PLset_loading_state(0);
  H5Lunregister(H5L_TYPE_EXTERNAL);
}

// The first entry of the walk is the place where the error arose.
herr_t keep_first(unsigned n, const H5E_error2_t* error, void* text) {
  if (n == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

}  // namespace

Library::Library() : lock_(library_mutex()) {
  static const bool ready = (set_up(), true);
  static_cast<void>(ready);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // this thread's
  pending_reason.clear();
}

void set_reason(std::string reason) { pending_reason = std::move(reason); }

void fail_with_reason(const std::string& where, const char* what) {
  std::string reason = std::exchange(pending_reason, {});
  if (reason.empty()) H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
  H5Eclear2(H5E_DEFAULT);
  fail(where, ": ", what, reason.empty() ? "" : ": ", reason);
}

}  // namespace brain::io::hdf5
