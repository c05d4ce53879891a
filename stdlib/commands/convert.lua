-- brainlua convert IN OUT: the same content in another format, chosen by OUT's extension.
local file = require 'brain.file'

local function holds_tensors(value)
  if type(value) ~= 'table' then return false end
  for _, item in pairs(value) do
    if not torch.is_tensor(item) then return false end
  end
  return next(value) ~= nil
end

-- What a format without nesting can hold: all, or the state dict of a training checkpoint.
local function flat_part(value)
  if type(value) ~= 'table' or holds_tensors(value) then return value end
  for _, name in ipairs {'state_dict', 'model_state_dict', 'model'} do
    if holds_tensors(value[name]) then
      io.stderr:write(("convert: taking '%s', leaving out the rest\n"):format(name))
      return value[name]
    end
  end
  return value
end

return function(arguments)
  local from, to = arguments[1], arguments[2]
  if not to or arguments[3] then
    io.stderr:write 'usage: brainlua convert IN OUT\n'
    return 2
  end
  local ok, problem = pcall(function()
    local value, metadata = file.load(from, {allow_pickle = true, metadata = true})
    local flat = to:lower():find '%.safetensors$' or to:lower():find '%.npz$'
    if flat then value = flat_part(value) end
    local keep = metadata and next(metadata) ~= nil and to:lower():find '%.safetensors$'
    file.save(to, value, keep and {metadata = metadata} or nil)
  end)
  if not ok then
    io.stderr:write('brainlua convert: ', (tostring(problem):gsub('^[%w/_.]+:%d+: ', '')), '\n')
    return 1
  end
  return 0
end
