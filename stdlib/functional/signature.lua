-- Python-like signatures for Lua functions: positional arguments, defaults, keyword arguments, checked types.
local torch = require 'brain.torch'
local native = require 'brain.native'

local signature = {}

-- Raises one line that names the function.
function signature.fail(name, format, ...)
  error(('nn.functional.%s: '):format(name) .. format:format(...), 0)
end

function signature.check(condition, name, format, ...)
  if not condition then signature.fail(name, format, ...) end
end

-- (2, 3): a shape or list for a message.
function signature.shape_text(list)
  local parts = {}
  for i = 1, #list do parts[i] = tostring(list[i]) end
  return '(' .. table.concat(parts, ', ') .. (#parts == 1 and ',)' or ')')
end

function signature.same_shape(a, b)
  return signature.shape_text(a.shape) == signature.shape_text(b.shape)
end

-- n copies of a number; a list is returned as it is.
function signature.spread(value, n)
  if type(value) ~= 'number' then return value end
  local list = {}
  for i = 1, n do list[i] = value end
  return list
end

local is_tensor = native.is_tensor
local kinds = {
  Tensor = {'a tensor', is_tensor},
  number = {'a number', function(value) return type(value) == 'number' end},
  ints = {'a number or a list', function(value) return type(value) == 'number' or type(value) == 'table' end},
  boolean = {'true or false', function(value) return type(value) == 'boolean' end},
  string = {'a string', function(value) return type(value) == 'string' end},
  any = {'a value', function() return true end},
}

-- 'input: Tensor, p = 0.5, weight: Tensor = nil, *, swap = false' ->
-- a list of {name, kind, default, required}. Without a kind the default's type is the kind; after '*'
-- parameters are given by name only.
local function parse(text)
  local parameters = {}
  for part in text:gmatch '[^,]+' do
    local name, rest = part:match '^%s*([%w_*]+)%s*(.-)%s*$'
    if name == '*' then
      parameters.positional = #parameters
    else
      local kind, default = rest:match '^:%s*(%a+)', rest:match '=%s*(.+)$'
      local value
      if default then value = load('return ' .. default, '=default', 't', {})() end
      kind = kind or (value ~= nil and type(value)) or 'any'
      local index = #parameters + 1
      parameters[index] = {name = name, kind = kinds[kind], default = value, required = not default}
      parameters[name] = index
    end
  end
  parameters.positional = parameters.positional or #parameters
  return parameters
end

-- A table with string keys and no list part; one that has both is refused.
local function is_options(value, name)
  if type(value) ~= 'table' then return false end
  for key in next, value do
    if type(key) == 'string' then
      signature.check(#value == 0, name, 'a table of options holds names only, got a list part too')
      return true
    end
  end
  return false
end

local function names_of(parameters)
  local names = {}
  for i = 1, #parameters do names[i] = parameters[i].name end
  return names
end

local function add_options(name, parameters, values, count, options)
  for key, value in next, options do
    local index = parameters[key]
    if type(index) ~= 'number' then
      local names = names_of(parameters)
      local nearest = native.nearest(tostring(key), names)
      signature.fail(name, "unknown option '%s'; %s", tostring(key),
        nearest and ("did you mean '" .. nearest .. "'?") or 'the options are ' .. table.concat(names, ', '))
    end
    signature.check(index > count or values[index] == nil, name, "argument '%s' is given twice", key)
    values[index] = value
  end
end

local function bind(name, parameters, ...)
  local count, values = select('#', ...), {...}
  local options
  if count > 0 and is_options(values[count], name) then
    options, values[count], count = values[count], nil, count - 1
  end
  if count > parameters.positional then
    signature.fail(name, 'takes %d positional arguments (%s), got %d', parameters.positional,
      table.concat(names_of(parameters), ', ', 1, parameters.positional), count)
  end
  if options then add_options(name, parameters, values, count, options) end
  for i = 1, #parameters do
    local parameter, value = parameters[i], values[i]
    if value == torch.null then value = nil
    elseif value == nil then value = parameter.default end
    if value == nil then
      signature.check(not parameter.required, name, "missing argument '%s'", parameter.name)
    elseif not parameter.kind[2](value) then
      signature.fail(name, "argument '%s' must be %s, got %s", parameter.name, parameter.kind[1],
        is_tensor(value) and 'a tensor' or type(value))
    end
    values[i] = value
  end
  return table.unpack(values, 1, #parameters)
end

-- definer(module) returns define(name, parameters, body): module[name] binds its arguments to the parameters
-- and calls body with all of them in order.
function signature.definer(module)
  return function(name, text, body)
    local parameters = parse(text)
    module[name] = function(...) return body(bind(name, parameters, ...)) end
  end
end

return signature
