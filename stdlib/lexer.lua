-- Lua 5.4 tokens of a text, for the prompt and for completion.
-- Tolerant: what load() would refuse still yields tokens, and the last one may be 'unfinished'.
local lexer = {}

lexer.keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return
    then true until while]]):gmatch '%a+' do
  lexer.keywords[word] = true
end

local operators = {'...', '..', '::', '==', '~=', '<=', '>=', '//', '<<', '>>'}

-- The position after the long bracket that opens at `at`; nil without one; #text + 1, true when unfinished.
local function long_bracket(text, at)
  local level = text:match('^%[(=*)%[', at)
  if not level then return nil end
  local _, close = text:find(']' .. level .. ']', at, true)
  if close then return close + 1 end
  return #text + 1, true
end

local function short_string(text, at)
  local quote, i = text:sub(at, at), at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == quote then return i + 1 end
    if c == '\n' then return i, true end
    if c == '\\' then
      local _, skipped = text:find('^\\z%s*', i)
      i = skipped or i + 1
    end
    i = i + 1
  end
  return #text + 1, true
end

local function number(text, at)
  local exponent = text:find('^0[xX]', at) and '[pP]' or '[eE]'
  local i = at
  while true do
    local _, signed = text:find('^' .. exponent .. '[+-]', i)
    local _, digit = text:find('^[%w_.]', i)
    if not (signed or digit) then return i end
    i = (signed or digit) + 1
  end
end

local function operator(text, at)
  for _, op in ipairs(operators) do
    if text:sub(at, at + #op - 1) == op then return at + #op end
  end
  return at + 1
end

-- Kind, position after the token and whether it was cut off, of the token that starts at `at`.
local function scan(text, at)
  local c = text:sub(at, at)
  if text:find('^%-%-', at) then
    local stop, cut = long_bracket(text, at + 2)
    return 'comment', stop or (text:find('\n', at, true) or #text + 1), cut
  elseif c:find '[%a_]' then
    local _, stop = text:find('^[%w_]+', at)
    return lexer.keywords[text:sub(at, stop)] and 'keyword' or 'name', stop + 1
  elseif text:find('^%.?%d', at) then
    return 'number', number(text, at)
  elseif c == '"' or c == "'" then
    return 'string', short_string(text, at)
  end
  local stop, cut = long_bracket(text, at)
  if stop then return 'string', stop, cut end
  return 'operator', operator(text, at)
end

-- List of {kind, text, start, stop}: kind is name, keyword, number, string, operator or unfinished (a string
-- or comment that the text ends in); start and stop are 1-based bytes. Comments are left out.
function lexer.tokens(text)
  local list, at = {}, 1
  while true do
    at = text:find('%S', at)
    if not at then return list end
    local kind, after, cut = scan(text, at)
    if cut then kind = kind == 'comment' and 'unfinished comment' or 'unfinished' end
    if kind ~= 'comment' then
      list[#list + 1] = {kind = kind, text = text:sub(at, after - 1), start = at, stop = after - 1}
    end
    at = after
  end
end

return lexer
