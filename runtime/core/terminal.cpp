#include "core/terminal.h"

#include <cstdint>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace brain {
namespace {

struct Character {
  std::string_view bytes;
  int columns;
};

int columns_of(std::uint32_t c) {
  const auto in = [c](std::uint32_t low, std::uint32_t high) { return c >= low && c <= high; };
  if (in(0x300, 0x36F) || in(0x200B, 0x200F) || in(0xFE00, 0xFE0F) || in(0x20D0, 0x20FF)) return 0;
  const bool east_asian = in(0x1100, 0x115F) || in(0x2E80, 0xA4CF) || in(0xAC00, 0xD7A3) ||
                          in(0xF900, 0xFAFF) || in(0xFE30, 0xFE6F) || in(0xFF00, 0xFF60) ||
                          in(0xFFE0, 0xFFE6) || in(0x20000, 0x3FFFD);
  const bool emoji = in(0x1F300, 0x1F64F) || in(0x1F900, 0x1F9FF);
  return east_asian || emoji ? 2 : 1;
}

// Takes the first character off a non-empty text.
Character take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead < 0xC2 || lead >= 0xF5 ? 0
                             : lead < 0xE0                 ? 2
                             : lead < 0xF0                 ? 3
                                                           : 4;
  std::uint32_t code = length <= 1 ? lead : lead & (0x7F >> length);
  bool valid = length > 0 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    code = code << 6 | (byte(i) & 0x3F);
  }
  const std::string_view bytes = text.substr(0, valid ? length : 1);
  text.remove_prefix(bytes.size());
  if (!valid) return {"?", 1};
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return {" ", 1};
  return {bytes, columns_of(code)};
}

}  // namespace

bool stderr_is_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) && kind && *kind && std::string_view(kind) != "dumb";
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

int text_columns(std::string_view text) {
  int columns = 0;
  while (!text.empty()) columns += take_character(text).columns;
  return columns;
}

std::string fit_columns(std::string_view text, int columns) {
  const bool cut = text_columns(text) > columns;
  const int room = cut ? columns - 1 : columns;
  if (room < 0) return {};
  std::string out;
  for (int used = 0; !text.empty();) {
    const Character c = take_character(text);
    if ((used += c.columns) > room) break;
    out += c.bytes;
  }
  return cut ? out + "\u2026" : out;
}

}  // namespace brain
