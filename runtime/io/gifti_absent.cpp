// Takes the place of gifti.cpp in builds without expat.
#include "io/error.h"
#include "io/gifti.h"

namespace brain::io {

Value read_gifti(const Bytes&, const std::string& name, std::uint64_t) {
  fail(name, ": this build has no GIFTI (it was configured with -DBRAIN_MINIMAL=ON)");
}

}  // namespace brain::io
