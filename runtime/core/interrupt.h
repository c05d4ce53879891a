#pragma once
// Ctrl-C. Long native loops call check() between blocks; whoever started the request (the script host, the
// prompt) catches Interrupted, reports it and calls clear(). Every function may be called from any thread.

namespace brain::interrupt {

// Takes over SIGINT and remembers the terminal's settings. The first signal of a request only sets the flag
// and calls the on_signal function; a second one before clear() restores the terminal and ends the process
// (130).
void install();

bool requested() noexcept;
void clear() noexcept;

// Throws Interrupted while a request is pending. It does not clear it: code that swallows the exception is
// stopped again at its next block.
void check();

// One further function to call from the signal handler (nullptr: none); it must be async-signal-safe.
void on_signal(void (*function)()) noexcept;

// What the first Ctrl-C does, without a signal.
void request() noexcept;

// At a prompt a signal only sets the flag, never exits, and interrupts a blocking read (EINTR); elsewhere
// system calls are restarted, so that file libraries never see EINTR.
void set_prompt_mode(bool on);

}  // namespace brain::interrupt
