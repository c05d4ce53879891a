#pragma once
#include <algorithm>
#include <string>

#include "core/error.h"

namespace brain::io {

// A text of one line: control characters as '?'.
inline std::string printable(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return text;
}

// brain::fail for what reads files, and so quotes names and words that lie in them: the message stays one line.
template <class... P>
[[noreturn]] void fail(const P&... parts) {
  throw Error(printable(join_text(parts...)));
}

}  // namespace brain::io
