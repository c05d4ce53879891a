-- Tab completion: `complete(text, {env=, locals=})` -> sorted candidates, and the position in `text` (the
-- line up to the cursor) where the completed word starts.
--
-- Values are looked at raw: tables, tables behind __index, and metatables. No function of the user's runs.
local native = require 'brain.native'
local lexer = require 'brain.lexer'

local function add(found, names)
  for _, name in ipairs(names) do found[name] = true end
end

local function add_keys(found, t)
  for key in next, t do
    if type(key) == 'string' and key:find '^[%a_][%w_]*$' then found[key] = true end
  end
end

-- The metatable's __index when it is a table.
local function behind(value)
  local meta = debug.getmetatable(value)
  local index = meta and rawget(meta, '__index')
  return type(index) == 'table' and index or nil
end

local function raw_member(value, key)
  for _ = 1, 20 do  -- a chain of __index tables; bounded against a cycle
    if type(value) == 'table' then
      local member = rawget(value, key)
      if member ~= nil then return member end
    end
    value = behind(value)
    if value == nil then return nil end
  end
end

-- Names that can follow `value` and a dot or colon. `path` is how the user wrote it.
local function member_names(value, path)
  local found = {}
  if native.is_tensor(value) then
    add(found, native.tensor_names())
    return found
  end
  if path == 'torch' then add(found, native.operator_names()) end
  local space = path:match '^torch%.(%a+)$'
  if space then
    for _, name in ipairs(native.operator_names()) do
      local rest = name:match('^' .. space .. '_(.+)$')
      if rest then found[rest] = true end
    end
  end
  local meta = debug.getmetatable(value)
  if type(value) == 'userdata' and meta then add_keys(found, meta) end  -- methods that stand beside __index
  for _ = 1, 20 do
    if type(value) == 'table' then add_keys(found, value) end
    value = behind(value)
    if value == nil then break end
  end
  return found
end

local function global_names(options)
  local found = {}
  for word in pairs(lexer.keywords) do found[word] = true end
  for name in pairs(options.locals or {}) do found[name] = true end
  add_keys(found, options.env)
  local index = behind(options.env)
  if index then add_keys(found, index) end
  return found
end

-- What completes the inside of a string: modules behind require, otherwise files.
local function in_string(tokens, text)
  local string_token = tokens[#tokens]
  local quote = string_token.text:match '^%[=*%[' or '"'
  local typed = string_token.text:sub(#quote + 1)
  local before = tokens[#tokens - 1]
  if before and before.text == '(' then before = tokens[#tokens - 2] end
  local found = {}
  if before and before.text == 'require' then
    for _, list in ipairs {package.preload, package.loaded} do
      for name in pairs(list) do
        if type(name) == 'string' then found[name] = true end
      end
    end
    return found, typed, #text - #typed + 1
  end
  local folder, name = typed:match '^(.*/)(.*)$'
  name = name or typed
  if native.list_directory then
    local ok, files = pcall(native.list_directory, folder or '.')
    if ok and files then add(found, files) end
  end
  return found, name, #text - #name + 1
end

-- Root, members before the last separator, and the word being typed; nil where nothing known precedes it.
local function split_path(text)
  local path = text:match '[%w_.:]*$'
  path = path:match '^.*%.%.+(.*)$' or path  -- behind a concatenation
  local word = path:match '[%w_]*$'
  local head = path:sub(1, #path - #word)
  if word:find '^%d' then return nil end
  if head == '' then return {}, word end
  local prefix = text:sub(1, #text - #path)
  if prefix:find '[%)%]%}"\']%s*$' or not head:find '^[%a_][%w_.]*[.:]$' then return nil end
  local members = {}
  for name in head:gmatch '[%w_]+' do members[#members + 1] = name end
  return members, word, head:sub(1, -2)
end

local function resolve(members, options)
  local value = options.locals and options.locals[members[1]]
  if value == nil then value = raw_member(options.env, members[1]) end
  for i = 2, #members do
    if value == nil or native.is_tensor(value) then return nil end
    value = raw_member(value, members[i])
  end
  return value
end

local function matching(found, word)
  local list = {}
  for name in pairs(found) do
    local hidden = name:sub(1, 1) == '_' and word:sub(1, 1) ~= '_'
    if name:sub(1, #word) == word and not hidden then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

-- options.env is the table of globals, options.locals an optional table name -> value of further variables.
local function complete(text, options)
  local tokens = lexer.tokens(text)
  local last = tokens[#tokens]
  if last and last.kind == 'unfinished' then
    local found, word, start = in_string(tokens, text)
    return matching(found, word), start
  end
  local nothing = #text + 1
  if last and last.kind == 'unfinished comment' then return {}, nothing end
  local in_comment = text:find '%-%-[^\n]*$' and not (last and last.stop == #text)
  if in_comment then return {}, nothing end
  local members, word, path = split_path(text)
  if not members then return {}, nothing end
  if #members == 0 then return matching(global_names(options), word), #text - #word + 1 end
  local value = resolve(members, options)
  local torch_space = path == 'torch' or path:find '^torch%.%a+$'
  if value == nil and not torch_space then return {}, nothing end
  return matching(member_names(value, path), word), #text - #word + 1
end

return complete
