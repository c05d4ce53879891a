# Guards the prompt on a real terminal: results, several lines, Tab, history, paste, Ctrl-C and Ctrl-D. What
# the line editor lacks (`brainlua doctor` names it) is left out.
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

brainlua = os.path.realpath(sys.argv[1])
doctor = subprocess.run([brainlua, 'doctor'], capture_output=True, text=True).stdout
editor = re.search(r'^line editor +(\w+)', doctor, re.M)[1]
limit = 20  # seconds for anything awaited
up, tab, ctrl_c, ctrl_d = '\x1b[A', '\t', '\x03', '\x04'
first, more = r'^> \Z', r'^>> \Z'


class Failure(Exception):
    pass


class Prompt:
    """The program in a pseudo-terminal. `text` is what it showed, without control sequences."""

    def __init__(self, state):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ.update(TERM='xterm', INPUTRC='/dev/null', XDG_STATE_HOME=state, HOME=state)
            os.execv(brainlua, ['brainlua'])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
        self.settings = termios.tcgetattr(self.terminal)
        self.bytes, self.text, self.at = b'', '', 0

    def read(self, until):
        """Takes in what is shown; False once the program has closed the terminal."""
        if not select.select([self.terminal], [], [], max(0, until - time.monotonic()))[0]:
            return True
        try:
            got = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.bytes += got
        self.text = re.sub(r'\x1b\[[0-9;?]*[A-Za-z]|[\r\a]', '', self.bytes.decode(errors='ignore'))
        return bool(got)

    def expect(self, *patterns):
        """Waits for each regular expression in turn, in the unseen output. A prompt is there when the
        line editor has taken over the terminal."""
        for pattern in patterns:
            until, alive = time.monotonic() + limit, True
            while not (match := re.compile(pattern, re.M).search(self.text, self.at)):
                if not alive or time.monotonic() > until:
                    raise Failure(f'expected {pattern!r}, found {self.text[self.at:]!r} after {self.text[:self.at][-60:]!r}')
                alive = self.read(until)
            self.at = match.end()
            while pattern in (first, more) and editor != 'plain' and self.cooked():
                if time.monotonic() > until:
                    raise Failure('expected the line editor to take over the terminal')
                time.sleep(0.001)

    def cooked(self):
        return termios.tcgetattr(self.terminal)[3] & termios.ICANON

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def enter(self, line, *patterns, prompt=first):
        """Types a line at the prompt; waits for its echo, for the patterns and for the next prompt."""
        self.type(line + '\n')
        self.expect(re.escape(line) + '\n', *patterns, prompt)

    def interrupt(self, line):
        """Starts a line that does not end by itself, and stops it."""
        self.type(f'print "started" {line}\n')
        self.expect('^started$')
        self.type(ctrl_c)
        self.expect('interrupted\n', first)

    def status(self):
        """Waits for the end; the exit status. The terminal must be left as it was found."""
        until = time.monotonic() + limit
        while self.read(until):
            if time.monotonic() > until:
                raise Failure(f'expected the end, found {self.text[self.at:]!r}')
        settings = termios.tcgetattr(self.terminal)
        if settings != self.settings:
            raise Failure(f'the terminal was {self.settings}, is left as {settings}')
        return self.wait()

    def wait(self):
        while self.pid:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)

    def end(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        os.close(self.terminal)


def equal(found, expected, what):
    if found != expected:
        raise Failure(f'{what}: expected {expected!r}, found {found!r}')


def evaluation(prompt):
    prompt.expect(r'brainlua \d', first)
    prompt.enter('1 + 1', '^2$')
    prompt.enter('local x = torch.ones(2,3)')
    prompt.enter('x', re.escape('tensor([[1., 1., 1.],\n        [1., 1., 1.]])\n'), r'2 x 3.*float32')
    prompt.enter('function twice(a)', prompt=more)
    prompt.enter('  return a * 2', prompt=more)
    prompt.enter('end')
    prompt.enter('twice(21)', '^42$')
    prompt.enter('help(torch.conv2d)', r'^torch\.conv2d\(input: Tensor, weight: Tensor')
    prompt.enter('error "boom"', '^prompt:1: boom\n')
    prompt.enter('x:summ()', "has no member 'summ', did you mean 'sum'")
    prompt.enter('x = = 1', "^prompt:1: .*near '='")
    prompt.type(ctrl_d)
    equal(prompt.status(), 0, 'Ctrl-D')


def interruption(prompt):
    prompt.expect(first)
    prompt.type('half a line')
    prompt.expect('half a line')
    prompt.type(ctrl_c)
    prompt.expect(r'\^C\n', first)
    prompt.enter('for i = 1, 2 do', prompt=more)
    prompt.type(ctrl_c)
    prompt.expect(r'\^C\n', first)
    prompt.interrupt('while true do end')
    prompt.interrupt('for i = 1, 1e9 do torch.ones(2) end')
    prompt.interrupt('while true do pcall(function() while true do end end) end')
    prompt.enter('6 * 7', '^42$')
    prompt.type('print "started" ; (("a"):rep(40)):find(("a?"):rep(40) .. ("a"):rep(40))\n')
    prompt.expect('^started$')
    for _ in range(2):
        time.sleep(0.3)  # until the search has begun; two signals at once would be one
        prompt.type(ctrl_c)
        prompt.expect(r'\^C')
    equal(prompt.status(), 130, 'a second Ctrl-C')


def completion(prompt):
    prompt.expect(first)
    prompt.type('torch.conv2' + tab)
    prompt.expect(r'torch\.conv2d')
    prompt.type(ctrl_c)
    prompt.expect(first)
    prompt.type('torch.conv_tr' + tab)
    prompt.expect(r'torch\.conv_transpose')
    prompt.type(tab + tab)
    prompt.expect('conv_transpose1d +conv_transpose2d +conv_transpose3d', r'^> torch\.conv_transpose\Z')
    prompt.type(ctrl_c)
    prompt.expect(first)
    prompt.enter('local weights = torch.zeros(2)')
    prompt.type('weig' + tab + '.sha' + tab + '\n')
    prompt.expect(r'weights\.shape\n\{2\}\n', first)
    prompt.type('exit\n')
    equal(prompt.status(), 0, 'exit')


def history_is_written(prompt):
    prompt.expect(first)
    prompt.enter('6 * 7', '^42$')
    prompt.type(ctrl_d)
    equal(prompt.status(), 0, 'Ctrl-D')


def history_is_read(prompt):
    prompt.expect(first)
    prompt.type(up)
    prompt.expect(r'6 \* 7\Z')
    prompt.type('\n')
    prompt.expect('^42$', first)


def pasting(prompt):
    prompt.expect(first)
    prompt.type('\x1b[200~local a = 20\n\nlocal b = 22\nprint(a + b)\x1b[201~')
    prompt.expect(r'print\(a \+ b\)')
    prompt.type('\n')
    prompt.expect('^42$', first)
    prompt.enter('b', '^22$')


scenes = [evaluation, interruption]
if editor != 'plain':
    scenes += [completion, history_is_written, history_is_read]
if editor == 'readline':
    scenes += [pasting]
failures = 0
state = tempfile.mkdtemp()
for scene in scenes:
    prompt = Prompt(state)
    try:
        scene(prompt)
    except Failure as failure:
        failures += 1
        print(f'prompt_terminal ({editor}): {scene.__name__}: {failure}')
    finally:
        prompt.end()
shutil.rmtree(state)
sys.exit(failures > 0)
