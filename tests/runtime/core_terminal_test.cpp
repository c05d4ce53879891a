#include "core/terminal.h"

#include <catch2/catch.hpp>

using brain::fit_columns;
using brain::text_columns;

TEST_CASE("text_columns counts what a terminal shows") {
  CHECK(text_columns("") == 0);
  CHECK(text_columns("abc") == 3);
  CHECK(text_columns("Zürich") == 6);
  CHECK(text_columns("e\u0301") == 1);          // e and a combining accent
  CHECK(text_columns("脳") == 2);
  CHECK(text_columns("\xff\xfe") == 2);         // not UTF-8
  CHECK(text_columns("\xe8\x84") == 2);         // a character cut short
}

TEST_CASE("fit_columns cuts between characters") {
  CHECK(fit_columns("abc", 3) == "abc");
  CHECK(fit_columns("abcd", 3) == "ab…");
  CHECK(fit_columns("Zürich", 3) == "Zü…");
  CHECK(fit_columns("脳波計", 6) == "脳波計");
  CHECK(fit_columns("脳波計", 5) == "脳波…");
  CHECK(fit_columns("脳波計", 4) == "脳…");
  CHECK(fit_columns("abc", 1) == "…");
  CHECK(fit_columns("abc", 0).empty());
  CHECK(fit_columns("abc", -5).empty());
}

TEST_CASE("fit_columns lets nothing through that moves the cursor") {
  CHECK(fit_columns("a\nb\033[2J\tc", 20) == "a b [2J c");
  CHECK(fit_columns("a\xff" "b\xc3", 20) == "a?b?");
  CHECK(fit_columns("\xc2\x9b" "2J", 20) == " 2J");  // the one-character form of ESC [
}

TEST_CASE("a terminal has columns") { CHECK(brain::terminal_columns() > 0); }
