-- The prompt, driven by a list of lines.
local test = require 'brain.test'
local repl = require 'brain.repl'
local history = require 'brain.history'

-- A table of globals in which an undefined name is nil, also where scripts are strict.
local function environment(names)
  return setmetatable(names or {}, {__index = function(_, name)
    local defined, value = pcall(function() return _G[name] end)
    return defined and value or nil
  end})
end

-- Feeds lines ({'interrupt'} and {'eof'} are those events); returns what was written, and what was seen.
local function drive(lines, options)
  local written, prompts, added, at = {}, {}, {}, 0
  local status = repl.run {
    env = options and options.env or environment(),
    run = options and options.run,
    write = function(text) written[#written + 1] = text end,
    add_history = function(input) added[#added + 1] = input end,
    read = function(prompt)
      at, prompts[#prompts + 1] = at + 1, prompt
      local line = lines[at]
      if type(line) == 'table' then return nil, line[1] end
      if line then return line end
      return nil, 'eof'
    end,
  }
  return table.concat(written), {prompts = prompts, status = status, history = added}
end

local function shows(lines, expected, label) test.equal((drive(lines)), expected, label) end

test.case('results are shown without return', function()
  shows({'1 + 1'}, '2\n')
  shows({'return 1 + 1'}, '2\n')
  shows({'1, "two", nil'}, '1\t"two"\tnil\n')
  shows({'(function() end)()'}, '')
  shows({'-- only a comment', '', '   '}, '')
end)

test.case('a semicolon keeps the result from being shown, not from being kept', function()
  shows({'6 * 7;', '_ + 1'}, '43\n')
  shows({'6 * 7 ; -- quiet', '_'}, '42\n')
end)

test.case('_ is the first result', function()
  shows({'3, 4', '_ * 2', 'x = 1', '_'}, '3\t4\n6\n6\n')
  shows({'local _, b = 1, 2', '5;', '_ + b'}, '7\n')
end)

test.case('locals survive', function()
  shows({'local x = 1', 'x'}, '1\n')
  shows({'local a, b = 1', 'b = a + 1', 'a, b'}, '1\t2\n')
  shows({'local function f(n) return n == 0 and 1 or n * f(n - 1) end', 'f(5)'}, '120\n')
  shows({'local x = 1 local y = x + 1 z = y', 'x, y, z'}, '1\t2\t2\n')
  shows({'do local inner = 1 end', 'inner'}, 'nil\n')
  shows({'local s = "local q = 1" -- local r = 2', 'q, r, s'}, 'nil\tnil\t"local q = 1"\n')
  shows({'local f = function() local deep = 1 return deep end', 'f(), deep'}, '1\tnil\n')
  shows({'local t = {1, function() return 2 end} local u = #t', 'u'}, '2\n')
  shows({'local a = "x" .. "y" local b = ("z"):rep(2) local c = -#a', 'a, b, c'}, '"xy"\t"zz"\t-2\n')
  shows({'local a = 1 return a', 'a'}, '1\n1\n')
  shows({'goto done do local k = 1 end ::done:: local v = 3', 'v'}, '3\n')
end)

test.case('closures share saved locals', function()
  shows({'local n = 0', 'function up() n = n + 1 return n end', 'up()', 'n = 10', 'up()', 'n'},
        '1\n11\n11\n')
  shows({'local x = 1', 'local function old() return x end', 'local x = 2', 'old(), x'}, '1\t2\n')
  shows({'g = function() return later end', 'local later = 1', 'g()'}, 'nil\n', 'a global stays one')
end)

test.case('attributes of locals', function()
  shows({'local a <const> = 5', 'a', 'a = 6'}, "5\nprompt:1: attempt to assign to const variable 'a'\n")
  shows({'local b <const> = {}', 'b.x = 1', 'b.x', 'local b = 2', 'b = 3', 'b'}, '1\n3\n', 'declared anew')
  local closing = 'local c <close> = setmetatable({}, {__close = function() closed = true end})'
  local text = drive {closing, 'closed, c'}
  test.equal(text, '(c is closed: a <close> variable ends with its input)\ntrue\tnil\n')
end)

test.case('locals before an error are kept', function()
  local text = drive {"local kept = 1 error('no', 0) local lost = 2", 'kept, lost'}
  test.truthy(text:find('no\n', 1, true), text)
  test.truthy(text:find('1\tnil\n', 1, true), text)
end)

test.case('incomplete input continues', function()
  local lines = {'for i = 1, 2 do', 'local sum = i', 'end', '1 +', '2', '[[a', 'b]]', 'f(', {'eof'}}
  local text, seen = drive(lines)
  test.equal(seen.prompts, {'> ', '>> ', '>> ', '> ', '>> ', '> ', '>> ', '> ', '>> '})
  test.truthy(text:find('3\n"a\\nb"\n', 1, true), text)
  test.truthy(text:find('near <eof>', 1, true), text)
end)

test.case('a pasted block is one chunk', function()
  local text, seen = drive {'local p = 1\nlocal q = p + 1\nreturn p + q', 'q'}
  test.equal(text, '3\n2\n')
  test.equal(seen.history, {'local p = 1\nlocal q = p + 1\nreturn p + q', 'q'})
end)

test.case('a pasted block shows the expression it ends in', function()
  shows({'x = 1\nx + 1', '_ + 1'}, '2\n3\n')
  shows({'local x = 1\nx', 'x + 1'}, '1\n2\n')
  shows({'x = 1\n\nx -- said\n-- done\n'}, '1\n')
  shows({'local function f(a, b) return a, b end\nf(1,\n  2)'}, '1\t2\n', 'over two lines')
  shows({'local a, b = 1, 2\n{a, b}'}, '{1, 2}\n')
  shows({'x = 6\nx * 7;', '_'}, '42\n', 'a semicolon keeps it from being shown')
  shows({'f = function(n) return n and n * 2 end\nf(4)', 'f(5);\nx = 1'}, '8\n')
  shows({'f = function(n) return n * 2 end', 'x = f\n(4)', 'x', 'y = x\n- 1', 'y'}, '8\n7\n', 'statements go on')
  shows({'local s = [[\nf]]\n#s'}, '1\n')
  shows({'if true then\nx end'}, "prompt:2: syntax error near 'end'\n")
  shows({'for i = 1, 2 do\nx = i', 'end', 'x'}, '2\n')
end)

test.case('an interrupt drops the pending lines', function()
  local text, seen = drive {'for i = 1, 3 do', {'interrupt'}, '7'}
  test.equal(text, '7\n')
  test.equal(seen.prompts, {'> ', '>> ', '> ', '> '})
  test.equal(seen.history, {'7'})
end)

test.case('an interrupted computation returns to the prompt', function()
  local function run(f, handler, ...)
    local arguments = table.pack(...)
    return xpcall(function() return f(table.unpack(arguments, 1, arguments.n)) end, handler)
  end
  local text = drive({"local i = 5 error('interrupted', 0)", 'i'}, {run = run})
  test.truthy(text:find('^interrupted\n'), text)
  test.truthy(text:find('5\n$'), text)
end)

test.case('errors are one message and the frames of the user', function()
  local text = drive {'local function f() error "bad" end', 'local function g() f() end\ng()'}
  local frames = "\n  prompt:1: in upvalue 'f'\n  prompt:1: in [^\n]*'g'\n  prompt:2: in main chunk\n"
  test.truthy(text:find('^prompt:1: bad' .. frames), text)
  test.truthy(not text:find('brain/', 1, true), text)
  text = drive {'g = function() error "bad" end', 'g()'}
  test.truthy(text:find('in main chunk', 1, true), text)
  shows({'x +* 3'}, "prompt:1: syntax error near '+'\n")
  shows({'1 +* 3'}, "prompt:1: unexpected symbol near '*'\n")
  test.truthy((drive {'setmetatable({}, {__tostring = function() error "oops" end})'}):find 'oops')
end)

test.case('commands', function()
  local _, seen = drive {'exit', '1'}
  test.equal({seen.status, #seen.prompts}, {0, 1})
  test.equal(select(2, drive {'quit()'}).status, 0)
  test.equal(select(2, drive {'exit(3)'}).status, 3)
  shows({'exit = 5', 'exit'}, '5\n')
  test.truthy((drive {'help'}):find('who()', 1, true))
  test.truthy((drive {'help()'}):find('who()', 1, true))
  test.truthy((drive {'? prompt'}):find('Ctrl-D', 1, true))
  test.truthy((drive {'?'}):find('help(x)', 1, true))
  test.truthy((drive {'local v = {alpha = 1}', '?v'}):find('alpha', 1, true))
  test.truthy((drive {'?no_such_name'}):find("nothing is known about 'no_such_name'", 1, true))
end)

test.case('who lists the user\'s variables', function()
  shows({'who()'}, 'no variables yet\n')
  shows({'b = "text"', 'local a = {1, 2}', 'who()'},
        'a  local   table     2 entries\nb  global  string    4 B\n')
  local text = drive {'local weights = torch.zeros(3)', 'who()'}
  test.equal(text, 'weights  local   Tensor    [3 float32 cpu]  12 B\n')
end)

test.case('help and who leave names of the user alone', function()
  test.equal((drive({'help + 1'}, {env = environment {help = 1}})), '2\n')
end)

test.case('history file', function()
  local path = os.tmpname()
  local first = history.open(path)
  test.truthy(first.add 'x = 1')
  test.truthy(not first.add 'x = 1', 'a repetition is skipped')
  first.add 'for i = 1, 2 do\n  print("a\\n\\\\")\nend'
  local second = history.open(path)
  test.equal(second.inputs, {'x = 1', 'for i = 1, 2 do\n  print("a\\n\\\\")\nend'})
  for i = 1, history.limit do second.add('y = ' .. i) end
  local third = history.open(path)
  test.equal(#third.inputs, history.limit)
  test.equal(third.inputs[#third.inputs], 'y = ' .. history.limit)
  test.equal(#history.open(path).inputs, history.limit, 'the file was cut')
  os.remove(path)
  test.equal(history.open(nil).inputs, {})
  history.open('/nonexistent/history').add 'is no error'
end)
