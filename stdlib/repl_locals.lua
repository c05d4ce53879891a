-- Locals that survive from one input of the prompt to the next.
--
-- Each input is compiled inside `local a; local b; return function(...) INPUT end`, where a and b are the
-- saved locals it mentions, and the function's upvalues are joined to the saved ones. Behind every
-- top-level `local` statement a call is inserted that hands over a closure on the new variables. So later
-- inputs and closures made earlier share the same variables, `<const>` stays constant, a second `local x`
-- makes a new variable, and what was declared before an error is kept.
-- Limits: a `<close>` variable ends with its input; `_` and `_ENV` are not kept; an input may mention at
-- most about 190 saved locals (Lua's limit of 200 in one function).
local lexer = require 'brain.lexer'

local Locals = {}
Locals.__index = Locals

local opens = {['function'] = true, ['do'] = true, ['if'] = true, ['repeat'] = true}
local closes = {['end'] = true, ['until'] = true}
local opening_bracket = {['('] = true, ['['] = true, ['{'] = true}
local closing_bracket = {[')'] = true, [']'] = true, ['}'] = true}
local operand_keyword = {['nil'] = true, ['true'] = true, ['false'] = true, ['end'] = true}
local operator_keyword = {['and'] = true, ['or'] = true}

-- Index of the token that closes the block opened at tokens[i].
local function block_end(tokens, i)
  local depth = 0
  for j = i, #tokens do
    local token = tokens[j]
    if token.kind == 'keyword' then
      if opens[token.text] then depth = depth + 1 end
      if closes[token.text] then depth = depth - 1 end
      if depth == 0 then return j end
    end
  end
  return #tokens
end

local function ends_operand(token)
  if token.kind == 'keyword' then return operand_keyword[token.text] end
  return token.kind ~= 'operator' or closing_bracket[token.text] or token.text == '...'
end

local function starts_statement(token)
  if token.kind == 'keyword' then return not operator_keyword[token.text] end
  return token.kind == 'name' or token.text == ';' or token.text == '::'
end

-- Index of the last token of the expression list that begins at tokens[i].
local function expressions_end(tokens, i)
  local brackets = 0
  while i <= #tokens do
    local token = tokens[i]
    if token.text == 'function' and token.kind == 'keyword' then
      i = block_end(tokens, i)
    elseif token.kind == 'operator' then
      if opening_bracket[token.text] then brackets = brackets + 1 end
      if closing_bracket[token.text] then brackets = brackets - 1 end
    end
    local following = tokens[i + 1]
    local may_end = brackets == 0 and following and ends_operand(tokens[i])
    if may_end and starts_statement(following) then return i end
    i = i + 1
  end
  return #tokens
end

-- The names and attributes of the `local` statement at tokens[i], and the index of its last token.
local function local_statement(tokens, i)
  if tokens[i + 1].text == 'function' then return {{name = tokens[i + 2].text}}, block_end(tokens, i + 1) end
  local names = {}
  repeat
    i = i + 1
    names[#names + 1] = {name = tokens[i].text}
    if tokens[i + 1] and tokens[i + 1].text == '<' then
      names[#names].attribute = tokens[i + 2].text
      i = i + 3
    end
    i = i + 1
  until not tokens[i] or tokens[i].text ~= ','
  if tokens[i] and tokens[i].text == '=' then return names, expressions_end(tokens, i + 1) end
  return names, i - 1
end

-- The source with a hand-over behind each top-level local statement (no line is added), and the names of
-- the variables that close at its end. The source must be valid Lua.
local function with_hand_over(source, tokens)
  local parts, done, closing, i = {}, 0, {}, 1
  while i <= #tokens do
    local token = tokens[i]
    if token.kind == 'keyword' and token.text == 'local' then
      local names, last = local_statement(tokens, i)
      parts[#parts + 1] = source:sub(done + 1, tokens[last].stop)
      done = tokens[last].stop
      for _, it in ipairs(names) do
        if it.attribute == 'close' then
          closing[#closing + 1] = it.name
        elseif it.name ~= '_' and it.name ~= '_ENV' then
          parts[#parts + 1] = ('; __keep(%q, %q, function() return %s end)')
              :format(it.name, it.attribute or '', it.name)
        end
      end
      i = last
    elseif token.kind == 'keyword' and opens[token.text] then
      i = block_end(tokens, i)
    end
    i = i + 1
  end
  parts[#parts + 1] = source:sub(done + 1)
  return table.concat(parts), closing
end

function Locals.new() return setmetatable({cells = {}}, Locals) end

function Locals:keep(name, attribute, reader)
  if not debug.getupvalue(reader, 1) then  -- a compile-time constant has no variable to share
    local value = reader()
    reader = function() return value end
  end
  self.cells[name] = {reader = reader, attribute = attribute}
end

-- Compiles valid Lua source as one input whose globals are env. Returns the function and the names of its
-- `<close>` variables, or nil and load's message (assignment to a saved constant, too many variables).
function Locals:compile(source, chunk_name, env)
  local tokens = lexer.tokens(source)
  local body, closing = with_hand_over(source, tokens)
  local head, declared = {'local __keep = ... '}, {}
  for _, token in ipairs(tokens) do
    local cell = token.kind == 'name' and self.cells[token.text]
    if cell and not declared[token.text] then
      declared[token.text] = true
      head[#head + 1] = cell.attribute == 'const' and ('local %s <const> = __keep '):format(token.text)
          or ('local %s '):format(token.text)
    end
  end
  -- A variable to be closed, even nil, keeps `return f()` from being a tail call: the input stays in tracebacks.
  local text = table.concat(head) .. 'return function(...) local __frame <close> = nil ' .. body .. '\nend'
  local outer, message = load(text, chunk_name, 't', env)
  if not outer then return nil, message end
  local input = outer(function(...) self:keep(...) end)
  for i = 1, math.huge do
    local name = debug.getupvalue(input, i)
    if not name then return input, closing end
    if declared[name] then debug.upvaluejoin(input, i, self.cells[name].reader, 1) end
  end
end

-- Whether a local of that name is saved, and its value.
function Locals:get(name)
  local cell = self.cells[name]
  if cell then return true, cell.reader() end
  return false
end

-- Table name -> value of the saved locals, without those that are nil.
function Locals:values()
  local values = {}
  for name, cell in pairs(self.cells) do values[name] = cell.reader() end
  return values
end

return Locals
