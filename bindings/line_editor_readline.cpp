// GNU readline through its callback interface: readline() itself does not return on Ctrl-C.
#include "bindings/line_editor.h"

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include <readline/readline.h>
#include <readline/history.h>

namespace brain {
namespace {

class ReadlineEditor : public LineEditor {
 public:
  ReadlineEditor() {
    std::setlocale(LC_CTYPE, "");  // UTF-8; numbers keep the C locale
    rl_readline_name = "brainlua";
    rl_catch_signals = 0;
    rl_variable_bind("enable-bracketed-paste", "on");
    rl_variable_bind("page-completions", "off");  // the pager waits for keys with Ctrl-C held back
    rl_bind_key('\t', tab);
    using_history();
    stifle_history(2000);
  }

  void add_history(const std::string& input) override { ::add_history(input.c_str()); }

  Status read(const std::string& prompt, std::string& line) override {
    const PromptSignals signals;
    active = this;
    finished_ = false;
    std::fflush(stdout);
    rl_callback_handler_install(prompt.c_str(), take);
    while (!finished_) {
      if (!signals.wait_readable(fileno(rl_instream))) return drop();
      rl_callback_read_char();
    }
    line = std::move(line_);
    return status_;
  }

 private:
  // Readline calls it with a whole line (ours to free), or null at the end of input.
  static void take(char* text) {
    rl_callback_handler_remove();
    active->finished_ = true;
    active->status_ = text ? Status::kLine : Status::kEof;
    active->line_ = text ? text : "";
    std::free(text);
    const bool pastes = std::string_view(rl_variable_value("enable-bracketed-paste")) == "on";
    if (!text && !pastes) std::puts("");  // readline itself ends the line when it leaves bracketed paste
  }

  static Status drop() {
    rl_callback_sigcleanup();
    rl_echo_signal_char(SIGINT);
    rl_free_line_state();
    rl_callback_handler_remove();
    std::fputc('\n', rl_outstream);
    std::fflush(rl_outstream);
    return Status::kInterrupted;
  }

  // Tab: adds what is certain; a second Tab lists the candidates. At the start of a line it indents.
  static int tab(int, int) {
    const std::string_view line(rl_line_buffer, static_cast<std::size_t>(rl_point));
    const bool indents = line.find_first_not_of(" \t\n") == std::string_view::npos;
    if (indents) return rl_insert_text("  "), 0;
    const Completion completion = active->complete(line);
    const std::string text = completing_text(completion, line);
    if (!text.empty()) rl_insert_text(text.c_str());
    else if (completion.candidates.size() < 2) rl_ding();
    else if (rl_last_func == tab) list(completion.candidates);
    return 0;
  }

  // Readline wants the common prefix first and counts from 1.
  static void list(const std::vector<std::string>& candidates) {
    std::string shared;
    std::vector<char*> matches{shared.data()};
    std::size_t longest = 0;
    for (const std::string& candidate : candidates) {
      matches.push_back(const_cast<char*>(candidate.c_str()));
      longest = std::max(longest, candidate.size());
    }
    matches.push_back(nullptr);
    const int count = static_cast<int>(candidates.size());
    if (count > 200) {
      std::fprintf(rl_outstream, "\n%d possibilities, type more\n", count);
    } else {
      rl_display_match_list(matches.data(), count, static_cast<int>(longest));
    }
    rl_forced_update_display();
  }

  static inline ReadlineEditor* active = nullptr;  // the one that reads; the callbacks carry no argument
  bool finished_ = false;
  Status status_ = Status::kEof;
  std::string line_;
};

}  // namespace

std::unique_ptr<LineEditor> make_terminal_editor() { return std::make_unique<ReadlineEditor>(); }
const char* terminal_editor_name() { return "readline"; }

}  // namespace brain
