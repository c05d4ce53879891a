-- `who()` of the prompt: the user's variables with type, shape and size.
local native = require 'brain.native'
local pretty = require 'brain.pretty'

local units = {'B', 'KB', 'MB', 'GB', 'TB'}

-- 1536 -> "1.5 KB" (powers of 1024).
local function size_text(bytes)
  local unit = 1
  while bytes >= 1024 and unit < #units do
    bytes, unit = bytes / 1024, unit + 1
  end
  return ('%.4g %s'):format(bytes, units[unit])
end

local function count(t)
  local n = 0
  for _ in next, t do n = n + 1 end
  return n
end

local function type_name(value)
  local meta = debug.getmetatable(value)
  local name = meta and rawget(meta, '__name')
  return type(name) == 'string' and name or type(value)
end

local function details(value)
  if native.is_tensor(value) then
    local ok, bytes = pcall(function() return value:numel() * value:element_size() end)
    return 'Tensor', pretty.tensor_line(value) .. (ok and '  ' .. size_text(bytes) or '')
  elseif type(value) == 'table' then
    return type_name(value), ('%d entries'):format(count(value))
  elseif type(value) == 'string' then
    return 'string', size_text(#value)
  elseif type(value) == 'number' or type(value) == 'boolean' then
    return math.type(value) or 'boolean', tostring(value)
  end
  return type_name(value), ''
end

-- Text with one line a variable: saved locals, then globals of env whose names are not in `initial`.
return function(env, initial, locals)
  local values = {}
  for name, value in next, env do
    if type(name) == 'string' and not initial[name] then values[name] = value end
  end
  for name, value in pairs(locals) do values[name] = value end
  local names, width = {}, 0
  for name in pairs(values) do
    names[#names + 1] = name
    width = math.max(width, #name)
  end
  if #names == 0 then return 'no variables yet' end
  table.sort(names)
  local lines = {}
  for i, name in ipairs(names) do
    local kind, text = details(values[name])
    local scope = locals[name] ~= nil and 'local' or 'global'
    local padded = name .. (' '):rep(width - #name)
    lines[i] = ('%s  %-6s  %-8s  %s'):format(padded, scope, kind, text):gsub('%s+$', '')
  end
  return table.concat(lines, '\n')
end
