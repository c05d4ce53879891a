// libedit through its own interface. It has no bracketed paste: pasted lines arrive one by one.
#include "bindings/line_editor.h"

#include <clocale>
#include <cstdio>
#include <cwchar>

#include <histedit.h>
#include <unistd.h>

namespace brain {
namespace {

class EditEditor : public LineEditor {
 public:
  EditEditor() : edit_(el_init("brainlua", stdin, stdout, stderr)), history_(history_init()) {
    std::setlocale(LC_CTYPE, "");  // without it UTF-8 input is dropped; numbers keep the C locale
    HistEvent event;
    history(history_, &event, H_SETSIZE, 2000);
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT, show_prompt);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_SIGNAL, 0);
    el_set(edit_, EL_HIST, history, history_);
    el_set(edit_, EL_GETCFN, read_character);
    el_set(edit_, EL_ADDFN, "brain-complete", "complete the word", tab);
    el_set(edit_, EL_BIND, "^I", "brain-complete", nullptr);
    el_set(edit_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(edit_, nullptr);
  }
  ~EditEditor() override {
    el_end(edit_);
    history_end(history_);
  }
  EditEditor(const EditEditor&) = delete;
  EditEditor& operator=(const EditEditor&) = delete;

  void add_history(const std::string& input) override {
    HistEvent event;
    history(history_, &event, H_ENTER, input.c_str());
  }

  Status read(const std::string& prompt, std::string& line) override {
    const PromptSignals signals;
    signals_ = &signals;
    prompt_ = prompt;
    interrupted_ = false;
    listed_ = false;
    std::fflush(stdout);
    int count = 0;
    const char* text = el_gets(edit_, &count);
    signals_ = nullptr;
    if (interrupted_) {
      el_reset(edit_);
      std::fputs("^C", stdout);
    }
    if (interrupted_ || !text || count <= 0) std::puts("");
    if (interrupted_) return Status::kInterrupted;
    if (!text || count <= 0) return Status::kEof;
    line.assign(text, static_cast<std::size_t>(count));
    if (line.back() == '\n') line.pop_back();
    return Status::kLine;
  }

 private:
  static EditEditor& self(EditLine* edit) {
    void* data = nullptr;
    el_get(edit, EL_CLIENTDATA, &data);
    return *static_cast<EditEditor*>(data);
  }

  static char* show_prompt(EditLine* edit) { return self(edit).prompt_.data(); }

  // One character of UTF-8 (or the locale's encoding): 1, 0 at the end of input, -1 after Ctrl-C.
  static int read_character(EditLine* edit, wchar_t* character) {
    EditEditor& editor = self(edit);
    std::mbstate_t state{};
    for (;;) {
      if (!editor.signals_->wait_readable(STDIN_FILENO)) {
        editor.interrupted_ = true;
        return -1;
      }
      char byte;
      if (::read(STDIN_FILENO, &byte, 1) <= 0) return 0;
      const std::size_t length = std::mbrtowc(character, &byte, 1, &state);
      if (length == 0 || length == 1) return 1;
      if (length == static_cast<std::size_t>(-1)) state = {};  // not a character: skip it
    }
  }

  // Tab: adds what is certain; a second Tab lists the candidates. At the start of a line it indents.
  static unsigned char tab(EditLine* edit, int) {
    EditEditor& editor = self(edit);
    const LineInfo* info = el_line(edit);
    const std::string_view line(info->buffer, static_cast<std::size_t>(info->cursor - info->buffer));
    if (line.find_first_not_of(" \t") == std::string_view::npos) return el_insertstr(edit, "  "), CC_REFRESH;
    const Completion completion = editor.complete(line);
    const std::string text = completing_text(completion, line);
    if (!text.empty()) {
      editor.listed_ = false;
      return el_insertstr(edit, text.c_str()), CC_REFRESH;
    }
    const bool again = editor.listed_ && editor.listed_for_ == line;
    editor.listed_ = true;
    editor.listed_for_ = line;
    if (completion.candidates.size() < 2 || !again) return CC_REFRESH_BEEP;
    std::puts("");
    std::size_t column = 0;
    for (const std::string& candidate : completion.candidates) {
      if (column > 0 && column + candidate.size() > 78) std::puts(""), column = 0;
      column += static_cast<std::size_t>(std::printf("%s  ", candidate.c_str()));
    }
    std::puts("");
    return CC_REDISPLAY;
  }

  EditLine* edit_;
  History* history_;
  const PromptSignals* signals_ = nullptr;
  std::string prompt_, listed_for_;
  bool interrupted_ = false, listed_ = false;
};

}  // namespace

std::unique_ptr<LineEditor> make_terminal_editor() { return std::make_unique<EditEditor>(); }
const char* terminal_editor_name() { return "edit"; }

}  // namespace brain
