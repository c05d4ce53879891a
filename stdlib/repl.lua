-- The prompt: reads inputs, evaluates them, shows results.
--
-- All of its world is injected (repl.run), so that tests drive it with a list of lines; repl.interactive
-- connects it to the terminal.
local lexer = require 'brain.lexer'
local native = require 'brain.native'
local help = require 'brain.help'
local pretty = require 'brain.pretty'
local traceback = require 'brain.traceback'
local Locals = require 'brain.repl_locals'
local who = require 'brain.who'

local repl = {}
local chunk_name = '=prompt'
local first_prompt, next_prompt = '> ', '>> '

help.add('prompt', [[
prompt: what it understands besides Lua
  1 + 1             results are shown without `return`; _ is the first one of the last input that had any
                    (so is the expression that a pasted block ends in)
  x = f();          a trailing ; keeps the results from being shown
  local x = 1       locals stay visible in later inputs, also to functions made earlier; a <close> variable
                    ends with its input, and `_` is never kept as a local
  ? torch.conv2d    the same as help(torch.conv2d)
  who()             your variables with type, shape and size
  exit, quit        leave; so does Ctrl-D
  Ctrl-C            drops the line, or stops the computation and returns to the prompt]])

local function compiles(code) return load(code .. '\n', chunk_name, 't') end

-- The source of several lines that are statements and then an expression, with `return` in front of that; nil
-- when it is not so. Where the whole also reads as statements, the expression must begin with a name: nothing
-- before a line break goes on with one, but `x = f` does with `(y)` or `- 1`.
local function return_last(source, is_statement)
  local stop = #source
  while true do
    local before = source:sub(1, stop):match '^.*()\n'
    if not before then return nil end
    stop = before - 1
    local head, tail = source:sub(1, before), source:sub(before + 1)
    local first = lexer.tokens(tail)[1]
    if first and (first.kind == 'name' or not is_statement) and compiles('return ' .. tail) and compiles(head) then
      local code = head .. 'return ' .. tail
      if compiles(code) then return code end
    end
  end
end

-- 'expression' or 'statement' and the code to run; 'incomplete' or nil and load's message.
local function classify(source)
  local code = 'return ' .. source
  local expression, expression_error = compiles(code)
  if expression then return 'expression', code end
  local statement, statement_error = compiles(source)
  local returning = return_last(source, statement ~= nil)
  if returning then return 'statement', returning end
  if statement then return 'statement', source end
  for _, message in ipairs {statement_error, expression_error} do
    if message:find '<eof>$' then return 'incomplete', message end
  end
  local first = lexer.tokens(source)[1]
  local began_statement = first.kind == 'name' or first.kind == 'keyword'
  return nil, began_statement and statement_error or expression_error
end

local Session = {}
Session.__index = Session

function Session:write_line(text) self.write(text .. '\n') end

-- Runs f under the protected call; an error is written with its user frames. True and f's results, or false.
function Session:protected(f)
  local results = table.pack(self.run(f, traceback.handler))
  if not results[1] then
    local report = results[2]
    self:write_line(type(report) == 'table' and traceback.format(report) or traceback.message(report))
  end
  return table.unpack(results, 1, results.n)
end

function Session:show(results)
  local texts, separator = {}, '\t'
  for i = 1, results.n do
    texts[i] = pretty(results[i], {width = self.width and self.width(), colour = self.colour})
    if texts[i]:find '\n' then separator = '\n' end
  end
  self:write_line(table.concat(texts, separator))
end

function Session:evaluate(source, code)
  local input, closing = self.locals:compile(code, chunk_name, self.env)
  if not input then return self:write_line(closing) end
  local results = table.pack(self:protected(input))
  if not results[1] then return end
  for _, name in ipairs(closing) do
    self:write_line(("(%s is closed: a <close> variable ends with its input)"):format(name))
  end
  if results.n == 1 then return end
  table.remove(results, 1)
  results.n = results.n - 1
  rawset(self.env, '_', results[1])
  local tokens = lexer.tokens(source)
  if tokens[#tokens].text ~= ';' then self:protected(function() self:show(results) end) end
end

-- `? name`: the text of that name, otherwise of the value the expression has.
function Session:describe(subject)
  if subject == '' then return self:write_line(help.text()) end
  local text = help.find(subject)
  local input = not text and self.locals:compile('return ' .. subject, chunk_name, self.env)
  if not input then return self:write_line(text or help.text(subject)) end
  local ok, value = self:protected(input)
  if not ok then return end
  if value == nil then value = subject end
  self:protected(function() self:write_line(help.text(value)) end)
end

-- Whether the line is a command of the prompt; 'leave' and the exit status to end it.
function Session:command(line)
  local subject = line:match '^%s*%?%s*(.-)%s*$'
  if subject then return self:describe(subject) or true end
  local word, rest = line:match '^%s*(%a+)%s*(.-)[%s;]*$'
  if not word or self.locals:get(word) then return false end
  if word == 'help' and rest == '' then return self:write_line(help.text()) or true end
  local status = rest == '' and rest or rest:match '^%(%s*(%d*)%s*%)$'
  local leaves = (word == 'exit' or word == 'quit') and status and rawget(self.env, word) == nil
  if leaves then return 'leave', tonumber(status) or 0 end
  return false
end

-- Takes one line (or a pasted block). Returns the next prompt, or nil and the exit status.
function Session:accept(line)
  local source = self.pending and self.pending .. '\n' .. line or line
  if not self.pending then
    if not source:find '%S' then return first_prompt end
    local command, status = self:command(source)
    if command then self.add_history((source:gsub('%s+$', ''))) end
    if command == 'leave' then return nil, status end
    if command then return first_prompt end
  end
  local kind, code = classify(source)
  if kind == 'incomplete' then
    self.pending = source
    return next_prompt
  end
  self.pending = nil
  self.add_history((source:gsub('%s+$', '')))
  if kind then self:evaluate(source, code) else self:write_line(code) end
  return first_prompt
end

local function install(session)
  local env = session.env
  local function define(name, f)
    if rawget(env, name) == nil then rawset(env, name, f) end
  end
  define('help', function(...) session:write_line(help.text(...)) end)
  local initial = {_ = true, who = true}
  for name in next, env do initial[name] = true end
  define('who', function() session:write_line(who(env, initial, session.locals:values())) end)
end

-- A session that is fed by hand: session:accept(line).
-- options: write(text); run(f, handler, ...) as xpcall; env, the table of globals (gets help, who and _);
-- add_history(input), width() and colour (ANSI) are optional.
function repl.session(options)
  local session = setmetatable({
    write = options.write, run = options.run or xpcall, env = options.env, locals = Locals.new(),
    add_history = options.add_history or function() end, width = options.width, colour = options.colour,
  }, Session)
  install(session)
  return session
end

-- Reads until the end or `exit` and returns the exit status. Beyond repl.session's options:
-- read(prompt) -> line, or nil and 'eof' or 'interrupt'; banner, a text written first.
function repl.run(options)
  local session = options.session or repl.session(options)
  if options.banner then session:write_line(options.banner) end
  local prompt = first_prompt
  while true do
    local line, why = options.read(prompt)
    local status
    if line then
      prompt, status = session:accept(line)
      if not prompt then return status end
    elseif why == 'interrupt' then
      session.pending = nil
      prompt = first_prompt
    else
      if session.pending then
        local _, message = classify(session.pending)
        session:write_line(message)
      end
      return 0
    end
  end
end

-- The prompt on the terminal, with line editor, completion and a history that outlives it; returns the exit
-- status. options: env (default _G), banner.
function repl.interactive(options)
  local terminal = require 'brain.prompt'
  local complete = require 'brain.complete'
  local folder = terminal.state_directory()
  local history = require('brain.history').open(folder and folder .. '/history')
  local editor = terminal.editor()
  for _, input in ipairs(history.inputs) do editor:add_history(input) end
  local session = repl.session {
    write = function(text) io.write(text):flush() end,
    run = native.interruptible,
    env = options and options.env or _G,
    add_history = function(input)
      if history.add(input) then editor:add_history(input) end
    end,
    width = terminal.terminal_width,
    colour = terminal.isatty(1) and os.getenv 'TERM' ~= 'dumb' and not os.getenv 'NO_COLOR',
  }
  editor:set_completer(function(text)
    return complete(text, {env = session.env, locals = session.locals:values()})
  end)
  return repl.run {
    session = session, banner = options and options.banner,
    read = function(prompt) return editor:read(prompt) end,
  }
end

return repl
