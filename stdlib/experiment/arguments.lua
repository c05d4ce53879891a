-- The options a script declares, and the command line as typed values. Problems of the caller's script are raised,
-- problems of the command line are returned as a text for exit status 2.
local blame = require 'brain.blame'
local core = require 'brain.core'
local native = require 'brain.native'

local arguments = {}

local Optional = {__name = 'optional'}

local kinds = {'boolean', 'integer', 'list', 'number', 'path', 'text'}
local expected = {
  boolean = 'true or false', integer = 'an integer', list = 'values separated by commas', number = 'a number',
  path = 'a file or folder that exists', text = 'a text',
}
local placeholder = {
  boolean = 'BOOLEAN', integer = 'INTEGER', list = 'LIST', number = 'NUMBER', path = 'PATH', text = 'TEXT',
}

-- An option without a default: its value is nil where the command line has none.
function arguments.optional(kind, help)
  if not expected[kind] then
    local near = type(kind) == 'string' and native.nearest(kind, kinds)
    local shown = type(kind) == 'string' and "'" .. kind .. "'" or type(kind)
    blame.raise(('experiment.optional: expected one of %s, got %s%s'):format(table.concat(kinds, ', '), shown,
      near and (", did you mean '%s'?"):format(near) or ''))
  end
  return setmetatable({kind = kind, help = help or ''}, Optional)
end

arguments.built_in = {
  {name = 'seed', kind = 'integer', default = 0, least = 0, help = 'start of every random number'},
  {name = 'device', kind = 'text', default = 'auto', help = 'cpu, cuda, cuda:1; auto is a GPU where there is one'},
  {name = 'threads', kind = 'integer', least = 1, help = 'threads for the computation'},
  {name = 'out', kind = 'text', help = 'folder of this run instead of runs/NAME/ID'},
  {name = 'resume', kind = 'boolean', default = false, help = 'continue the run in --out, or the newest of this name'},
  {name = 'dry_run', kind = 'boolean', default = false, help = 'say what would be done'},
  {name = 'help', kind = 'boolean', default = false, help = 'these lines'},
}

local function kind_of(value)
  if type(value) == 'number' then return 'number' end
  if type(value) == 'string' then return 'text' end
  if type(value) == 'boolean' then return 'boolean' end
  if type(value) == 'table' and (#value > 0 or next(value) == nil) then return 'list' end
end

local function declared(name, entry)
  local where = ('experiment.start: options: %s: '):format(tostring(name))
  if type(name) ~= 'string' or not name:find '^%a[%w_]*$' then
    blame.raise(where .. 'expected a name of letters, digits and _')
  end
  for _, known in ipairs(arguments.built_in) do
    if known.name == name then blame.raise(where .. 'every script has an option of that name') end
  end
  if getmetatable(entry) == Optional then return {name = name, kind = entry.kind, help = entry.help} end
  if type(entry) ~= 'table' then
    blame.raise(where .. ("expected {default, 'help'}, got %s"):format(type(entry)))
  end
  local kind = kind_of(entry[1])
  if not kind then
    blame.raise(where .. ('expected a number, text, boolean or list as default, got %s%s'):format(type(entry[1]),
      entry[1] == nil and "; experiment.optional('number', help) has none" or ''))
  end
  local choices = entry[3] or entry.choices
  if choices and type(choices) ~= 'table' then blame.raise(where .. 'choices: expected a list') end
  return {name = name, kind = kind, default = entry[1], help = entry[2] or '', choices = choices}
end

-- The list of a script's options, by name, then those of every script.
function arguments.declare(options)
  local list = {}
  for name, entry in pairs(options or {}) do list[#list + 1] = declared(name, entry) end
  table.sort(list, function(a, b) return a.name < b.name end)
  return table.move(arguments.built_in, 1, #arguments.built_in, #list + 1, list)
end

local words = {['true'] = true, yes = true, ['1'] = true, ['false'] = false, no = false, ['0'] = false}
local special = {inf = math.huge, ['-inf'] = -math.huge, nan = 0 / 0}

-- The number a text stands for, or nil.
local function number_of(text)
  return text:find '^[%s%d.eE+-]+$' and tonumber(text) or special[text:lower()]
end
arguments.number = number_of

-- The typed value of a text, or nil.
local function convert(option, text)
  local kind = option.kind
  if kind == 'text' then return text end
  if kind == 'path' then return core.exists(text) and text or nil end
  if kind == 'boolean' then return words[text:lower()] end
  if kind == 'number' then return number_of(text) end
  if kind == 'integer' then return math.tointeger(number_of(text)) end
  local list, numbers = {}, type((option.default or {})[1]) == 'number'
  for item in (text .. ','):gmatch '%s*(.-)%s*,' do
    local value = item
    if numbers then value = number_of(item) end
    if value == nil then return nil end
    if not (item == '' and text == '') then list[#list + 1] = value end
  end
  return list
end

local function flag(name) return '--' .. name:gsub('_', '-') end

local function refuse(option, text)
  local wanted = expected[option.kind]
  if option.choices then
    local shown = {}
    for i, choice in ipairs(option.choices) do shown[i] = tostring(choice) end
    wanted = (option.kind == 'list' and 'some of ' or 'one of ') .. table.concat(shown, ', ')
  elseif option.least then
    wanted = ('%s from %d'):format(wanted, option.least)
  elseif option.kind == 'list' and type((option.default or {})[1]) == 'number' then
    wanted = 'numbers separated by commas'
  end
  return nil, ("%s: expected %s, found %s"):format(flag(option.name), wanted, text and "'" .. text .. "'" or 'nothing')
end

local function check(option, text)
  local value = convert(option, text)
  if value == nil or (option.least and value < option.least) then return refuse(option, text) end
  if not option.choices then return value end
  local allowed = {}
  for _, choice in ipairs(option.choices) do allowed[choice] = true end
  for _, item in ipairs(option.kind == 'list' and value or {value}) do
    if not allowed[item] then return refuse(option, option.kind == 'list' and tostring(item) or text) end
  end
  return value
end

local function find(list, name)
  for _, option in ipairs(list) do
    if option.name == name then return option end
  end
end

local function unknown(list, word)
  local names = {}
  for i, option in ipairs(list) do names[i] = flag(option.name) end
  local near = native.nearest(word, names)
  return nil, ("unknown option '%s'%s"):format(word, near and (", did you mean '%s'?"):format(near) or
    '; --help lists the options')
end

-- Values by name from a list of words, and which of them were given; or nil and what is wrong.
function arguments.parse(list, words_given)
  local values, given = {}, {}
  for _, option in ipairs(list) do values[option.name] = option.default end
  local i = 1
  while words_given[i] do
    local word = words_given[i]
    local key, text = word:match '^%-%-([^=]+)=(.*)$'
    key = key or word:match '^%-%-(.+)$' or word == '-h' and 'help'
    if not key then return nil, ("expected --option value, found '%s'"):format(word) end
    local name = key:gsub('-', '_')
    local option = find(list, name)
    local negated = not option and name:match '^no_(.+)$'
    if negated and not text then
      option = find(list, negated)
      if not option or option.kind ~= 'boolean' then return unknown(list, word) end
      text = 'false'
    elseif not option then
      return unknown(list, '--' .. key)
    end
    if not text and option.kind == 'boolean' then text = 'true' end
    if not text then
      i = i + 1
      text = words_given[i]
      if not text or text:find '^%-%-%a' then return refuse(option) end
    end
    local value, problem = check(option, text)
    if problem then return nil, problem end
    values[option.name], given[option.name] = value, true
    i = i + 1
  end
  return values, given
end

local function default_text(option)
  local default = option.default
  if option.kind == 'boolean' then
    return default and (' (default on; %s turns it off)'):format(flag('no_' .. option.name)) or ''
  end
  if default == nil then return '' end
  if type(default) == 'table' then
    local texts = {}
    for i, value in ipairs(default) do texts[i] = tostring(value) end
    default = table.concat(texts, ',')
  end
  local choices = option.choices and ('; %s of %s'):format(option.kind == 'list' and 'some' or 'one', table.concat(option.choices, ', ')) or ''
  return (' (default %s%s)'):format(tostring(default), choices)
end

-- What --help prints.
function arguments.help(list, usage, about)
  local rows, width = {}, 0
  for i, option in ipairs(list) do
    local left = flag(option.name) .. (option.kind == 'boolean' and '' or ' ' .. placeholder[option.kind])
    rows[i], width = {left, option.help .. default_text(option)}, math.max(width, #left)
  end
  local lines = {'usage: ' .. usage}
  if about then lines[#lines + 1] = about end
  local own = #list - #arguments.built_in
  for i, row in ipairs(rows) do
    if i == 1 and own > 0 then lines[#lines + 1] = '\nOptions of this script:' end
    if i == own + 1 then lines[#lines + 1] = '\nOptions of every script:' end
    lines[#lines + 1] = (('  %-' .. width .. 's  %s'):format(row[1], row[2]):gsub(' +$', ''))
  end
  return table.concat(lines, '\n')
end

return arguments
