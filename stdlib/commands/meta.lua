-- brainlua meta: LuaCATS definitions of every operator, made from the schemas, for editors.
local native = require 'brain.native'

local types = {Tensor = 'Tensor', Scalar = 'number', int = 'integer', float = 'number', boolean = 'boolean',
  string = 'string', dtype = 'string', layout = 'string', memory_format = 'string', device = 'string',
  Generator = 'userdata', ['Tensor[]'] = 'Tensor[]', ['Tensor?[]'] = 'table', ['Scalar[]'] = 'number[]',
  ['int[]'] = 'integer[]', ['float[]'] = 'number[]', ['boolean[]'] = 'boolean[]', unsupported = 'any'}
local keywords = {}
for word in ('and break do else elseif end false for function goto if in local nil not or repeat return then true until while')
  :gmatch '%a+' do keywords[word] = true end

local function parameter(name) return keywords[name] and name .. '_' or name end

local function returns(schema)
  local list = {}
  for _, result in ipairs(schema.returns) do
    list[#list + 1] = result.type:find '^Tensor%[' and 'Tensor[]' or result.type == 'Tensor' and 'Tensor' or 'any'
  end
  return table.concat(list, ', ')
end

local function signature(schema, skip)
  local parts, options = {}, {}
  for i, argument in ipairs(schema.arguments) do
    if i > skip then
      local text = ('%s%s: %s'):format(parameter(argument.name), argument.required and '' or '?', types[argument.kind])
      if argument.keyword_only then options[#options + 1] = text else parts[#parts + 1] = text end
    end
  end
  if #options > 0 then parts[#parts + 1] = 'options?: {' .. table.concat(options, ', ') .. '}' end
  return table.concat(parts, ', ')
end

return function()
  print '---@meta\n\n---@class Tensor\n---@class torch\ntorch = {}\n'
  for _, name in ipairs(native.operator_names()) do
    for _, schema in ipairs(native.schemas(name)) do
      if not schema.out and schema.supported and not keywords[name] then
        local result = returns(schema)
        local arrow = result == '' and '' or ': ' .. result
        print(('---@overload fun(%s)%s'):format(signature(schema, 0), arrow))
      end
    end
    if not keywords[name] then print(('function torch.%s(...) end\n'):format(name)) end
  end
  return 0
end
