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

-- The arrays of nested tables under names with slashes.
local function flatten(value, prefix, flat)
  for name, item in pairs(value) do
    if type(item) == 'table' and next(item) ~= nil then flatten(item, prefix .. name .. '/', flat)
    else flat[prefix .. name] = type(item) == 'number' and torch.tensor(item) or item end
  end
  return flat
end

-- What the file says of itself, as the other format keeps it.
local function kept_metadata(metadata, from_hdf5, to)
  if not metadata or next(metadata) == nil then return nil end
  if to:find '%.h5$' or to:find '%.hdf5$' then return from_hdf5 and metadata or {['/'] = metadata} end
  if to:find '%.nii$' or to:find '%.nii%.gz$' then return metadata.affine and {affine = metadata.affine} end
  if metadata.affine then return nil end
  return to:find '%.safetensors$' and not from_hdf5 and metadata or nil
end

return function(arguments)
  local from, to = arguments[1], arguments[2]
  if not to or arguments[3] then
    io.stderr:write 'usage: brainlua convert IN OUT\n'
    return 2
  end
  local ok, problem = pcall(function()
    local value, metadata = file.load(from, {allow_pickle = true, metadata = true})
    local target = to:lower()
    local from_hdf5 = file.format(from) == 'HDF5'
    if target:find '%.safetensors$' or target:find '%.npz$' then
      value = from_hdf5 and type(value) == 'table' and flatten(value, '', {}) or flat_part(value)
    end
    if target:find '%.mat$' and torch.is_tensor(value) then value = {data = value} end  -- variables have names
    local keep = kept_metadata(metadata, from_hdf5, target)
    file.save(to, value, keep and {metadata = keep} or nil)
  end)
  if not ok then
    io.stderr:write('brainlua convert: ', (tostring(problem):gsub('^[%w/_.]+:%d+: ', '')), '\n')
    return 1
  end
  return 0
end
