# Guards Ctrl-C in scripts: one signal ends any Lua loop with status 130, `<close>` still runs, and a second
# signal ends a program that is stuck in C.
import os
import signal
import subprocess
import sys

brainlua = os.path.realpath(sys.argv[1])
failures = 0


def interrupt(code, signals=1):
    """Starts code, sends SIGINT while it runs; returns status, output and errors."""
    process = subprocess.Popen(
        [brainlua, '-e', "print 'ready' io.flush() " + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert process.stdout.readline() == 'ready\n'
    for _ in range(signals):
        try:
            process.wait(0.3 if signals > 1 else 0.1)  # to be well inside; two signals at once would be one
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
    try:
        output, errors = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        return 'still running after 10 s', *process.communicate()
    return process.returncode, output, errors


def check(name, code, signals=1, output='', errors='brainlua: interrupted\n'):
    global failures
    found = interrupt(code, signals)
    if found != (130, output, errors):
        failures += 1
        print(f'interrupts: {name}: expected {(130, output, errors)}, found {found}')


endless = 'function() while true do end end'
check('a Lua loop', 'while true do end')
check('tensor operations', 'while true do torch.ones(100):add(1) end')
check('gradients',
      'local x = torch.ones({2}, {requires_grad = true}) while true do (x * 2):sum():backward() end')
check('a comparison function', 'table.sort({1, 2, 3}, function() while true do end end)')
check('a coroutine', f'coroutine.wrap({endless})()')
check('many coroutines', 'while true do coroutine.wrap(function() torch.ones(3) end)() end')
for _ in range(10):  # the signal may fall anywhere between two coroutines
    check('short coroutines', 'while true do pcall(coroutine.wrap(function() for i = 1, 10 do end end)) end')
check('pcall in a loop', f'while true do pcall({endless}) end')
check('pcall of short work in a loop', 'while true do pcall(torch.ones, 2) end')
check('coroutines whose errors are dropped',
      f'while true do coroutine.resume(coroutine.create({endless})) end')
check('pcall around coroutines', f'while true do pcall(coroutine.wrap({endless})) end')
check('pcall inside and outside of a coroutine',
      f'while true do pcall(coroutine.wrap(function() while true do pcall({endless}) end end)) end')
check('a <close> variable',
      "local _ <close> = setmetatable({}, {__close = function() print 'closed' end}) while true do end",
      output='closed\n')
check('a second signal',
      "local _ = ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40))", signals=2, errors='')
check('a second signal while input is awaited', 'io.read()', signals=2, errors='')
sys.exit(failures > 0)
