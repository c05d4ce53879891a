#!/bin/sh
# Guards the command line as people and shell scripts meet it: arguments, statuses, where messages go.
set -u
brainlua=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0
tab=$(printf '\t')
fail() { failures=$((failures + 1)); }

# expect STATUS STDOUT STDERR COMMAND...: standard output is given exactly ('*' for any), standard error by a
# basic regular expression for its first line ('' for none at all).
expect() {
  want_status=$1 want_out=$2 want_err=$3
  shift 3
  timeout 60 "$@" >out 2>err
  status=$?
  problem=
  [ "$status" = "$want_status" ] || problem="expected status $want_status"
  [ "$want_out" = '*' ] || [ "$(cat out)" = "$want_out" ] || problem="expected output '$want_out'"
  if [ -z "$want_err" ]; then [ ! -s err ] || problem='expected nothing on standard error'
  else head -1 err | grep -q -- "$want_err" || problem="expected a first error line like '$want_err'"; fi
  [ -n "$problem" ] || return 0
  fail
  { shift; echo "command_line: brainlua $*"; echo "  $problem, found status $status"; sed 's/^/  out: /' out
    sed 's/^/  err: /' err; } | head -20
}

# --- what runs, and its arguments
cat >script.lua <<'LUA'
#!/usr/bin/env brainlua
print(arg[0], #arg, arg[1], select('#', ...), (...))
print(select(2, ...))
LUA
expect 0 "script.lua${tab}2${tab}-x${tab}2${tab}-x
two words" '' "$brainlua" script.lua -x 'two words'
expect 0 "1${tab}a${tab}b" '' "$brainlua" -e 'print(1, ...)' a b
printf 'print("input", #arg, ...)' >input.lua
expect 0 "input${tab}1${tab}a" '' "$brainlua" - a <input.lua
expect 0 "input${tab}0" '' "$brainlua" <input.lua
mkdir bin && ln -s "$brainlua" bin/brainlua && chmod +x script.lua
expect 0 "./script.lua${tab}1${tab}a${tab}1${tab}a" '' env PATH="$scratch/bin:$PATH" ./script.lua a
expect 0 '*' '' "$brainlua" --help
grep -q '^usage: brainlua' out || { echo 'command_line: --help begins with usage:'; fail; }
expect 0 '*' '' "$brainlua" --version
grep -qE '^brainlua [0-9.]+ \(Lua 5\.4, LibTorch 2\.[0-9.]+\)$' out ||
  { echo "command_line: --version names three versions, found: $(cat out)"; fail; }

# --- script errors: one line first, then the user's frames
printf 'local function inner(x)\n  return x.y.z\nend\n\ninner {}\n' >bad.lua
expect 1 '' "^brainlua: bad.lua:2: attempt to index a nil value (field 'y')$" "$brainlua" bad.lua
[ "$(sed 1d err)" = "  bad.lua:2: in local 'inner'
  bad.lua:5: in main chunk" ] || { echo 'command_line: expected two frames, found:'; cat err; fail; }
expect 1 '' "^brainlua: (command line):1: matmul: " "$brainlua" -e 'torch.ones(2):matmul(torch.ones(3))'
expect 1 '' "^brainlua: (command line):1: .*near '='" "$brainlua" -e 'x = = 1'
expect 1 '' "^brainlua: stdin:1: boom" "$brainlua" - <<'LUA'
error 'boom'
LUA
expect 1 '' "'pritn' is not defined, did you mean 'print'" "$brainlua" -e 'pritn(1)'
expect 1 '' "'count' is not declared; use local count" "$brainlua" -e 'count = 1'
expect 1 '' 'error object is a table value' "$brainlua" -e 'error {code = 7}'
expect 1 '' 'error object is a nil value' "$brainlua" -e 'error(nil)'
expect 1 '' '^brainlua: my text$' "$brainlua" -e '
  error(setmetatable({}, {__tostring = function() return "my text" end}))'
expect 1 'before' 'after' "$brainlua" -e 'print "before"; error "after"'
expect 1 '' 'stack overflow' "$brainlua" -e 'local function f() return 1 + f() end f()'

# --- os.exit
expect 3 'half' '' "$brainlua" -e 'io.write "half"; os.exit(3)'
expect 0 '' '' "$brainlua" -e 'os.exit(true, true)'
expect 1 '' '' "$brainlua" -e 'pcall(os.exit, false)'

# --- usage errors: 2
expect 2 '' "unknown option '--versoin', did you mean '--version'" "$brainlua" --versoin
expect 2 '' "unknown option '-x'" "$brainlua" -x
expect 2 '' '-e: expected code' "$brainlua" -e
expect 2 '' '^brainlua: absent.lua: No such file' "$brainlua" absent.lua
expect 2 '' "bin: is a folder" "$brainlua" bin
expect 2 '' "did you mean the command 'doctor'" "$brainlua" docter
expect 2 '' 'standard input: ' "$brainlua" <&-
expect 2 '' 'standard input: ' "$brainlua" - <bin

# --- commands
expect 0 '*' '' "$brainlua" doctor
grep -q '^LibTorch  *2\.' out || { echo 'command_line: doctor names LibTorch, found:'; cat out; fail; }
cat >failing_test.lua <<'LUA'
local test = require 'brain.test'
test.case('one is one', function() test.equal(1, 1) end)
test.case('one is two', function() test.equal(1, 2) end)
LUA
expect 1 '*' '' "$brainlua" test failing_test.lua
grep -q '^FAIL failing_test.lua: one is two: ' out && grep -q '^1 passed, 1 failed$' out ||
  { echo 'command_line: test names what failed and counts, found:'; cat out; fail; }
expect 0 '1 passed, 0 failed' '' "$brainlua" test failing_test.lua --case 'is one'
expect 2 '' '^usage: brainlua test' "$brainlua" test
expect 2 '' 'absent_test.lua: No such file' "$brainlua" test absent_test.lua
expect 2 '' 'no files named' "$brainlua" test bin
expect 2 '' '--cas: unknown option' "$brainlua" test --cas x failing_test.lua
expect 0 '*' '' "$brainlua" bench list
grep -q '^op_overhead$' out || { echo 'command_line: bench list shows op_overhead, found:'; cat out; fail; }
expect 2 '' "no task 'op_overhed', did you mean 'op_overhead'" "$brainlua" bench op_overhed
expect 2 '' "unknown option '--repeats'" "$brainlua" bench --repeats 2
expect 2 '' 'expected a positive integer' "$brainlua" bench --repeat none
expect 0 '*' '' "$brainlua" meta
cp out meta.lua
expect 0 true '' "$brainlua" -e '
  assert(loadfile "meta.lua")
  local lines = 0
  for _ in io.lines "meta.lua" do lines = lines + 1 end
  print(lines > 2000)'

# --- a script requires the files beside it
mkdir -p study/parts
echo 'return {answer = 42}' >study/parts/numbers.lua
echo 'print(require("parts.numbers").answer)' >study/main.lua
expect 0 42 '' "$brainlua" study/main.lua

# --- a reader that leaves early ends the program, without a message and without waiting
{ timeout 20 "$brainlua" -e 'for i = 1, 1e6 do print(i) end' 2>err; echo $? >status; } | head -1 >out
[ "$(cat out)" = 1 ] && [ ! -s err ] && case $(cat status) in 0 | 141) true ;; *) false ;; esac ||
  { echo "command_line: a closed pipe: status $(cat status), $(cat out err)"; fail; }
exit "$((failures > 0))"
