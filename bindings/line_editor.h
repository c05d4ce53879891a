#pragma once
// Reading lines for the prompt. The editor for terminals is chosen when the program is built: readline,
// libedit or plain lines (one of line_editor_{readline,edit,plain}.cpp); elsewhere lines are always plain.
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace brain {

struct Completion {
  std::vector<std::string> candidates;
  std::size_t start = 0;  // 0-based byte of the line where the candidates begin
};

class LineEditor {
 public:
  enum class Status { kLine, kEof, kInterrupted };
  // From the line up to the cursor. Must not throw: it is called through C libraries.
  using Completer = std::function<Completion(std::string_view)>;

  virtual ~LineEditor() = default;
  // Shows the prompt and waits for a line (without its newline; a pasted block may hold some). Ctrl-C drops
  // what was typed and returns at once.
  virtual Status read(const std::string& prompt, std::string& line) = 0;
  virtual void add_history(const std::string&) {}
  void set_completer(Completer completer) { completer_ = std::move(completer); }

 protected:
  Completion complete(std::string_view line) const { return completer_ ? completer_(line) : Completion{}; }
  // What Tab adds at the cursor: the part all candidates share beyond what is typed; empty when undecided.
  static std::string completing_text(const Completion& completion, std::string_view line);

 private:
  Completer completer_;
};

// One editor at a time: the libraries keep their state in globals.
std::unique_ptr<LineEditor> make_line_editor();

// The editor this program was built with ("readline", "edit" or "plain"), and plain lines.
std::unique_ptr<LineEditor> make_terminal_editor();
const char* terminal_editor_name();
std::unique_ptr<LineEditor> make_plain_editor();

// While it lives, SIGINT reaches the process only inside wait_readable, never amid a library's work.
class PromptSignals {
 public:
  PromptSignals();
  ~PromptSignals();
  PromptSignals(const PromptSignals&) = delete;
  PromptSignals& operator=(const PromptSignals&) = delete;
  // Waits for input; false after Ctrl-C.
  bool wait_readable(int descriptor) const;

 private:
  sigset_t outside_;
};

}  // namespace brain
