-- Betas in CIFTI-2 files (.dscalar.nii, .dtseries.nii), whose maps are trials. A space as volumes.lua has it; its places
-- are grayordinates, and every structure is a region.
local file = require 'brain.file'
local fail = require('brain.data.betas.files').fail
local is_tensor = require('brain.native').is_tensor

local Grayordinates = {kind = 'grayordinates'}
Grayordinates.__index = Grayordinates

local function load(path)
  local value = file.load(path)
  local axes = type(value) == 'table' and not is_tensor(value) and value.axes
  if not axes or #axes ~= 2 or axes[2].kind ~= 'brain_models' then
    fail(path, ': expected maps over brain models (.dscalar.nii, .dtseries.nii, .dlabel.nii)')
  end
  return value
end

local function check_models(self, path, models)
  for _, name in ipairs {'structure', 'vertex', 'voxel'} do
    if not torch.equal(models[name], self.models[name]) then
      fail(path, ': has other grayordinates than ', self.like, (', %d and %d'):format(#models.structure, self.units))
    end
  end
end

-- like: a file whose grayordinates these must be, or nil.
function Grayordinates.open(paths)
  local self = setmetatable({paths = paths, counts = {}, like = paths[1]}, Grayordinates)
  for i, path in ipairs(paths) do
    local value = load(path)
    local models = value.axes[2]
    self.models, self.units = self.models or models, self.units or #models.structure
    check_models(self, path, models)
    self.counts[i] = value.data.shape[1]
    if #paths == 1 then self.loaded = value.data end
  end
  return self
end

function Grayordinates:read(n, columns)
  local values = (self.loaded or load(self.paths[n]).data):index_select(1, columns)
  return values:to(values.dtype == 'float64' and 'float64' or 'float32')
end

function Grayordinates:map(given, option)
  if is_tensor(given) then
    if given:numel() ~= self.units then fail(option, (': expected %d grayordinates, found %s'):format(self.units, tostring(given.shape))) end
    return given:reshape(-1)
  end
  if type(given) ~= 'string' then fail(option, ': expected a path or a Tensor, got ', type(given)) end
  local value = load(given)
  check_models(self, given, value.axes[2])
  if value.data.shape[1] ~= 1 then fail(option, ': ', given, (': expected one map, found %d'):format(value.data.shape[1])) end
  local names
  if value.axes[1].kind == 'labels' then
    local labels = value.axes[1].tables[1]
    names = {}
    for i, key in ipairs(labels.key:tolist()) do names[key] = labels.names[i] end
  end
  return value.data[0], names
end

-- Regions that the space has by itself: name -> boolean [units].
function Grayordinates:own_regions()
  local regions = {}
  for i, name in ipairs(self.models.structures) do regions[name] = self.models.structure:eq(i - 1) end
  return regions
end

function Grayordinates:unflatten(flat) return flat end

function Grayordinates:save(path, flat) file.save(path, flat:float(), {like = self.like}) end

return Grayordinates
