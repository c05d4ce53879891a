#pragma once
#include <algorithm>

#include "core/error.h"

namespace brain::io {

// brain::fail for what reads files, and so quotes names and words that lie in them: control characters come as '?', and the
// message stays one line.
template <class... P>
[[noreturn]] void fail(const P&... parts) {
  std::string message = join_text(parts...);
  std::replace_if(message.begin(), message.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  throw Error(message);
}

}  // namespace brain::io
