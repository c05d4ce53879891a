-- `help(x)`: what an operator, a module, a function, a tensor method or a topic is, and how it is called.
--
-- Operators are described from the dispatcher's schemas; everything else registers its own text with
-- `help.add`. What can be left out of a call stands in braces: by name in the last table.
local native = require 'brain.native'
local pretty = require 'brain.pretty'

local help = {}
local topics = {}  -- name -> text; the first line is the call or a summary
local width = 100

-- Registers the one text of `name` ('train.fit', 'indexing'); its first line is shown in lists.
function help.add(name, text)
  if type(name) ~= 'string' or type(text) ~= 'string' then
    error('help.add: expected (name: string, text: string), got ' .. type(name) .. ', ' .. type(text), 2)
  end
  if topics[name] then error(("help.add: '%s' is already described"):format(name), 2) end
  topics[name] = text
end

-- Registers every paragraph of a text under the name it begins with; its further lines are indented.
function help.add_all(texts)
  for paragraph in (texts .. '\n'):gmatch '(.-)\n\n' do
    local name = paragraph:match '^%s*([%w_.]+)'
    help.add(name, (paragraph:gsub('^%s+', ''):gsub('\n', '\n  ')))
  end
end

-- Registered names, sorted; those of one module with `prefix` ('train').
function help.topics(prefix)
  local names = {}
  for name in pairs(topics) do
    if not prefix or name:sub(1, #prefix + 1) == prefix .. '.' then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Joins words to lines of at most `width` columns; all but the first are indented.
local function wrap(words, separator, indent)
  local lines, line = {}, ''
  for i, word in ipairs(words) do
    if i < #words then word = word .. separator end
    if line ~= '' and #line + #word > width then
      lines[#lines + 1] = (line:gsub(' +$', ''))
      line = (' '):rep(indent)
    end
    line = line .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, '\n')
end

local function columns(names) return '  ' .. wrap(names, '  ', 2) end

local function argument_text(argument)
  local default = argument.default
  if default == 'None' or default == 'nil' then default = nil end
  local optional = argument.optional and not argument.type:find '?$' and '?' or ''
  return ('%s: %s%s%s'):format(argument.name, argument.type, optional, default and ' = ' .. default or '')
end

-- One overload as it is called from Lua; `callee` is 'torch.conv2d' or 't:conv2d', whose self is left out.
local function call_text(schema, callee)
  local words, options = {}, {}
  for i, argument in ipairs(schema.arguments) do
    local is_self = i == 1 and callee:find ':'
    if not (is_self or argument.out) then
      local list = (argument.keyword_only or argument.default) and options or words
      list[#list + 1] = argument_text(argument)
    end
  end
  if options[1] then
    options[1] = '{' .. options[1]
    options[#options] = options[#options] .. '}'
  end
  table.move(options, 1, #options, #words + 1, words)
  local results = {}
  for i, result in ipairs(schema.returns) do
    results[i] = (result.name and result.name ~= '' and result.name .. ': ' or '') .. result.type
  end
  local head, tail = callee .. '(', ')' .. (#results > 0 and ' -> ' .. table.concat(results, ', ') or '')
  if #words == 0 then return head .. tail end
  words[1] = head .. words[1]
  words[#words] = words[#words] .. tail
  return wrap(words, ', ', #head)
end

local function has_out(schema)
  for _, argument in ipairs(schema.arguments) do
    if argument.out then return true end
  end
  return false
end

local function operator_text(name, as_method)
  local schemas = native.schemas(name)
  if not schemas or #schemas == 0 then return nil end
  local lines, out, method = {}, false, false
  for _, schema in ipairs(schemas) do
    if has_out(schema) then
      out = true
    else
      local first = schema.arguments[1]
      local is_method = first and first.name == 'self' and not pretty.operator_path(name):find '^torch%.%a+%.'
      method = method or is_method
      local callee = as_method and is_method and 't:' .. name or pretty.operator_path(name)
      lines[#lines + 1] = call_text(schema, callee)
    end
  end
  local function note(text) lines[#lines + 1] = text end
  if method and not as_method then note(('As a method: t:%s(...), t being its self.'):format(name)) end
  if out then note 'out=: the results can be written into given tensors, {out = tensor}.' end
  return table.concat(lines, '\n')
end

local function sorted_members(t)
  local names = {}
  for key in next, t do
    if type(key) == 'string' and key:sub(1, 1) ~= '_' then names[#names + 1] = key end
  end
  table.sort(names)
  return names
end

local function first_line(text) return text:match '[^\n]*' end

-- What stands behind a dotted name: modules of the library, then globals, members read raw.
local function look_up(path)
  local first, rest = path:match '^([%w_]+)(.*)$'
  if not first then return nil end
  local value = package.loaded['brain.' .. first] or rawget(_ENV, first)
  for member in rest:gmatch '%.([%w_]+)' do
    if type(value) ~= 'table' then return nil end
    value = rawget(value, member)
  end
  return value
end

local function module_name(t)
  for name, module in pairs(package.loaded) do
    if rawequal(module, t) and type(name) == 'string' then return (name:gsub('^brain%.', '')) end
  end
end

-- A module by its registered members, then the names nobody has described.
local function module_text(name, module)
  local lines, described = {}, {}
  lines[1] = topics[name] or name .. ': module'
  for _, topic in ipairs(help.topics(name)) do
    lines[#lines + 1] = '  ' .. first_line(topics[topic])
    described[topic:sub(#name + 2)] = true
  end
  local others = {}
  for _, member in ipairs(module and sorted_members(module) or {}) do
    if not described[member] then others[#others + 1] = member end
  end
  if #others > 0 then lines[#lines + 1] = columns(others) end
  if name == 'torch' then
    local count = #native.operator_names()
    lines[#lines + 1] = ("Also %d operators, as torch.NAME and t:NAME: help 'conv2d'."):format(count)
  end
  return table.concat(lines, '\n')
end

local function overview()
  local lines = {
    "help(x) describes a function, a module or a name: help(torch.conv2d), help 't:sum', help 'prompt'.",
    'who() lists your variables, _ is the last result, a trailing ; keeps it from being shown, exit leaves.',
  }
  local general, modules = {}, {}
  for _, name in ipairs(help.topics()) do
    local module = name:match '^(.-)%.'
    if not module then general[#general + 1] = name end
    if module and modules[#modules] ~= module then modules[#modules + 1] = module end
  end
  if #general > 0 then lines[#lines + 1] = 'Topics:\n' .. columns(general) end
  if #modules > 0 then lines[#lines + 1] = 'Modules:\n' .. columns(modules) end
  return table.concat(lines, '\n')
end

local function known_names()
  local names = help.topics()
  local members = sorted_members(look_up 'torch' or {})
  for _, source in ipairs {native.operator_names(), native.tensor_names(), members} do
    table.move(source, 1, #source, #names + 1, names)
  end
  return names
end

local function member_of_tensor(name)
  for _, known in ipairs(native.tensor_names()) do
    if known == name then return true end
  end
  return false
end

-- Registered text of a function, found by the place it has in its module.
local function described_function(f)
  for name, text in pairs(topics) do
    if rawequal(look_up(name), f) then return text end
  end
end

local function function_text(f)
  local operator = native.operator_name(f)
  local text = described_function(f) or operator and operator_text(operator)
  if text then return text end
  local info, parameters = debug.getinfo(f, 'Su'), {}
  if info.what == 'C' then return pretty.function_text(f) .. ': nothing is written about it' end
  for i = 1, info.nparams do parameters[i] = debug.getlocal(f, i) end
  if info.isvararg then parameters[#parameters + 1] = '...' end
  local head = ('function(%s)'):format(table.concat(parameters, ', '))
  return ('%s, defined at %s:%d'):format(head, info.short_src, info.linedefined)
end

local function any_function(name, bare)
  local value = look_up(name) or look_up('torch.' .. bare)
  return type(value) == 'function' and function_text(value) or nil
end

-- Text of a name as the user writes it, or nil: 'conv2d', 'torch.linalg.norm', 't:sum', 'train.fit', 'train'.
local function named(text)
  local name = text:gsub('%s+', '')
  local method = name:match '^[%w_]+:([%w_]+)$' or name:match '^Tensor%.([%w_]+)$'
  if method then name = method end
  local bare = name:gsub('^torch%.', ''):gsub('%.', '_')
  if method and topics['Tensor.' .. name] then return topics['Tensor.' .. name] end
  if topics[name] and #help.topics(name) == 0 then return topics[name] end
  local value = look_up(name)
  if #help.topics(name) > 0 or type(value) == 'table' then
    return module_text(name, type(value) == 'table' and value or nil)
  end
  return topics['torch.' .. bare] or operator_text(bare, method ~= nil) or topics['Tensor.' .. bare]
      or member_of_tensor(bare) and ("t.%s or t:%s(...): a property or method of tensors."):format(bare, bare)
      or any_function(name, bare)
end

-- Text about a string name, or nil when nothing has that name.
function help.find(name) return named(name) end

-- Text about a value; without arguments the overview. An unknown name gets the nearest known one.
function help.text(...)
  if select('#', ...) == 0 then return overview() end
  local x = ...
  if type(x) == 'string' then
    local text = named(x)
    if text then return text end
    local bare = x:gsub('^torch%.', ''):gsub('^[%w_]+:', '')
    local near = native.nearest(bare, known_names())
    return ("nothing is known about '%s'%s"):format(x, near and (", did you mean '%s'?"):format(near) or '')
  elseif type(x) == 'function' then
    return function_text(x)
  elseif native.is_tensor(x) then
    return ("tensor %s\nTab behind t: or t. lists the %d methods and properties, help 't:sum' describes one.")
        :format(pretty.tensor_line(x), #native.tensor_names())
  elseif type(x) == 'table' then
    local name = module_name(x)
    if name then return module_text(name, x) end
    return 'table with\n' .. columns(sorted_members(x))
  end
  local meta = debug.getmetatable(x)
  local methods = meta and rawget(meta, '__index')
  local text = pretty(x)
  if type(methods) == 'table' then return text .. '\n' .. columns(sorted_members(methods)) end
  return text
end

-- The texts of the binding join at first use: require needs this module to be there already.
package.loaded['brain.help'] = setmetatable(help, {__call = function(_, ...) print(help.text(...)) end})
require 'brain.help_torch'
require 'brain.help_training'
require 'brain.help_networks'
require 'brain.help_data'
require 'brain.help_data_eeg'
require 'brain.help_images'
require 'brain.help_rsa'
require 'brain.help_study'
require 'brain.help_file'
require 'brain.help_responses'
require 'brain.help_plot'
require 'brain.help_models'
return help
