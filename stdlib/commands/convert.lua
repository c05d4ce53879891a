-- brainlua convert IN OUT: the same content in another format, chosen by OUT's extension.
local file = require 'brain.file'
local ordered = require 'brain.ordered'

local function note(...) io.stderr:write('convert: ', ...) io.stderr:write '\n' end

local function holds_tensors(value)
  if type(value) ~= 'table' then return false end
  for _, item in pairs(value) do
    if not torch.is_tensor(item) then return false end
  end
  return next(value) ~= nil
end

-- The state dict of a training checkpoint, or all.
local function state_dict_of(value)
  if type(value) ~= 'table' or holds_tensors(value) then return value end
  for _, name in ipairs {'state_dict', 'model_state_dict', 'model'} do
    if holds_tensors(value[name]) then
      note(("taking '%s', leaving out the rest"):format(name))
      return value[name]
    end
  end
  return value
end

-- The tensors and numbers of nested tables under names with slashes; what else there is goes into `left`.
local function flatten(value, prefix, flat, left)
  for name, item in pairs(value) do
    local whole = prefix .. tostring(name)
    if torch.is_tensor(item) then flat[whole] = item
    elseif type(item) == 'number' or type(item) == 'boolean' then flat[whole] = torch.tensor(item)
    elseif type(item) == 'table' and type(item[1]) ~= 'string' then flatten(item, whole .. '/', flat, left)
    else left[#left + 1] = whole end
  end
  return flat
end

-- What a file of named tensors can hold of a value.
local function named_tensors(value, alone)
  if torch.is_tensor(value) then return {[alone] = value} end
  value = state_dict_of(value)
  if type(value) ~= 'table' or holds_tensors(value) then return value end
  local left = {}
  local flat = flatten(value, '', ordered({}, {}), left)
  if next(flat) == nil then return value end
  if #left > 0 then
    note(('leaving out what is no number: %s%s'):format(table.concat(left, ', ', 1, math.min(#left, 6)), #left > 6 and ', ...' or ''))
  end
  return flat
end

-- The one tensor of a table, for formats that hold a single one.
local function single(value)
  local found
  if type(value) ~= 'table' then return value end
  for _, item in pairs(value) do
    if found or not torch.is_tensor(item) then return value end
    found = item
  end
  return found or value
end

-- A copy of nested tables in which fn replaces the items that it gives something for.
local function mapped(value, fn)
  local replaced = fn(value)
  if replaced ~= nil then return replaced end
  if type(value) ~= 'table' then return value end
  local copy = getmetatable(value) and ordered({}, {}) or {}
  for name, item in pairs(value) do copy[name] = mapped(item, fn) end
  return copy
end

local function as_lists(value) return torch.is_tensor(value) and value:tolist() or nil end

local function as_column(value)
  if type(value) ~= 'table' or math.type(value[1]) == nil then return nil end
  for _, item in ipairs(value) do
    if not math.type(item) then return nil end
  end
  return torch.tensor(value, {dtype = math.type(value[1]) == 'integer' and 'int64' or 'float64'})
end

-- What the file says of itself, as the other format keeps it.
local function kept_metadata(metadata, from_hdf5, to)
  if not metadata or next(metadata) == nil then return nil end
  if to == 'h5' or to == 'hdf5' then return from_hdf5 and metadata or {['/'] = metadata} end
  if to == 'nii' then return metadata.affine and {affine = metadata.affine} end
  if metadata.affine then return nil end
  return to == 'safetensors' and not from_hdf5 and metadata or nil
end

local named = {safetensors = 'data', npz = 'arr_0', h5 = 'data', hdf5 = 'data', mat = 'data'}
local alone = {npy = true, nii = true, png = true, jpg = true, jpeg = true}

local function suited(value, to)
  if to == 'safetensors' or to == 'npz' then return named_tensors(value, named[to]) end
  if named[to] and (type(value) ~= 'table' or #value > 0) then return {[named[to]] = value} end
  if alone[to] then return single(value) end
  if to == 'json' then return mapped(value, as_lists) end
  if to == 'csv' or to == 'tsv' then return mapped(value, as_column) end
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
    local kind = (to:lower():gsub('%.gz$', '')):match '%.(%w+)$' or ''
    local keep = kept_metadata(metadata, file.format(from) == 'HDF5', kind)
    file.save(to, suited(value, kind), keep and {metadata = keep} or nil)
  end)
  if not ok then
    io.stderr:write('brainlua convert: ', (tostring(problem):gsub('^[%w/_.]+:%d+: ', '')), '\n')
    return 1
  end
  return 0
end
