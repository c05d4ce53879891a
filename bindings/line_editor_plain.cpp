// Built without a line-editing library.
#include "bindings/line_editor.h"

namespace brain {

std::unique_ptr<LineEditor> make_terminal_editor() { return make_plain_editor(); }
const char* terminal_editor_name() { return "plain"; }

}  // namespace brain
