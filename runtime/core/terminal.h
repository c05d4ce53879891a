#pragma once
#include <string>
#include <string_view>

namespace brain {

// Whether standard error is a terminal that understands cursor movement (TERM is set and not "dumb").
bool stderr_is_terminal();

// Columns of the terminal on standard error, as of now; 80 where they cannot be asked.
int terminal_columns();

// Columns a UTF-8 text takes: 2 for East Asian wide characters and emoji, 0 for combining marks, else 1.
int text_columns(std::string_view text);

// The text made safe for one line and cut to at most `columns`: control characters become spaces, bytes that
// are not UTF-8 become '?', a cut shows as an ellipsis and never splits a character.
std::string fit_columns(std::string_view text, int columns);

}  // namespace brain
