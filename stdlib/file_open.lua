-- file.open(path): a handle on what a file holds. In HDF5 a data set is read when it is indexed; other formats are
-- opened as file.load does it, where large ones lie in the file until their numbers are used. Of a NIfTI file the part that
-- an index asks for is scaled.
local file = require 'brain.file'

local Tree = {__name = 'file'}
Tree.__index = Tree

local function find(tree, name)
  local value = rawget(tree, 'content')
  if not value then error(tree.path .. ': is closed', 3) end
  value = value[1]
  for part in (name or ''):gmatch '[^/]+' do
    local below = type(value) == 'table' and (value[part] or value[tonumber(part)])
    if below == nil or below == false then error(("%s: no '%s'"):format(tree.path, name), 3) end
    value = below
  end
  return value
end

-- Names in the file, or in one of its tables.
function Tree:keys(name)
  local value, names = find(self, name), {}
  if type(value) ~= 'table' then return names end
  for key in pairs(value) do names[#names + 1] = key end
  return names
end

-- One entry ('a/b' for one inside another); without a name all.
function Tree:get(name) return find(self, name) end

-- What a safetensors file says of itself; other formats have nothing of the kind.
function Tree:attributes(name)
  find(self, name)
  return not name and self.metadata or {}
end

function Tree:close() self.content = nil end
Tree.__close = Tree.close
function Tree:__tostring() return 'file ' .. self.path end

-- The voxels of a volume: numbers as stored, and what makes values of them.
local Volume = {__name = 'volume'}

local function values(volume, part)
  local slope, intercept = rawget(volume, 'slope'), rawget(volume, 'intercept')
  if slope == 1 and intercept == 0 then return part end
  return part:double() * slope + intercept
end

function Volume:__index(index)
  local stored = rawget(self, 'stored')
  if index == 'shape' then return stored.shape end
  if index == 'dtype' then return values(self, stored['..., 0:0']).dtype end
  if index == 'read' then return function(volume) return values(volume, rawget(volume, 'stored')) end end
  if type(index) == 'string' and not index:find '[%d:,.]' then
    error(("a volume has shape, dtype and read, not '%s'"):format(index), 2)
  end
  return values(self, stored[index])
end

function Volume:__len() return #rawget(self, 'stored') end
function Volume:__tostring() return 'volume of ' .. tostring(rawget(self, 'stored').shape) end

return function(path)
  if type(path) ~= 'string' then error('file.open: path: expected string, got ' .. type(path), 2) end
  if file.format(path) == 'HDF5' then return file.open_hdf5(path) end
  local value, metadata = file.load(path, {metadata = true, scaled = false})
  if metadata and metadata.slope then
    value = {data = setmetatable({stored = value, slope = metadata.slope, intercept = metadata.intercept}, Volume)}
  end
  return setmetatable({path = path, content = {value}, metadata = metadata}, Tree)
end
