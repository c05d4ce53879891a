-- Betas on the vertices of both hemispheres: MGH files [vertices, 1, 1, trials] or GIFTI files with an array for each trial.
-- A space as volumes.lua has it, whose places are the vertices of lh, then those of rh.
local file = require 'brain.file'
local files = require 'brain.data.betas.files'
local is_tensor = require('brain.native').is_tensor

local fail = files.fail
local Surfaces = {kind = 'surface'}
Surfaces.__index = Surfaces

local hemispheres = {'lh', 'rh'}

-- What a file has for each vertex, [vertices, maps]; and names by number where it has any.
local function load(path)
  local value = file.load(path)
  if is_tensor(value) and value.ndim == 1 then return value:unsqueeze(1) end  -- FreeSurfer's curv, sulc, thickness
  if is_tensor(value) then return value:reshape{value.shape[1] * value.shape[2] * value.shape[3], -1} end
  if value.arrays then
    local columns = {}
    for _, array in ipairs(value.arrays) do
      if array.intent ~= 'pointset' and array.intent ~= 'triangle' then columns[#columns + 1] = array.data end
    end
    if #columns == 0 then fail(path, ': expected values of vertices, found a surface alone') end
    local names = value.labels and {}
    for i, key in ipairs(value.labels and value.labels.key:tolist() or {}) do names[key] = value.labels.names[i] end
    for _, column in ipairs(columns) do
      if column.shape[1] ~= columns[1].shape[1] then fail(path, ': expected arrays of as many vertices each') end
    end
    if columns[1].ndim == 2 then return torch.cat(columns, 1), names end
    return torch.stack(columns, 1), names
  end
  if value.labels and value.names then  -- a parcellation: places in names, from 1 here, as 0 is no region
    local names = {}
    for i, name in ipairs(value.names) do names[i] = name end
    return (value.labels + 1):unsqueeze(1), names
  end
  if value.triangles then fail(path, ': expected values of vertices, found a surface alone') end
  if value.vertices then return value.vertices, nil, true end
  fail(path, ': expected values of vertices (.mgh, .mgz, .gii, .annot, .label)')
end

-- given: {lh = path or list, rh = path or list}, one of them at least.
function Surfaces.open(given)
  local self = setmetatable({paths = {}, hemispheres = {}, counts = {}, units = 0}, Surfaces)
  for key in pairs(type(given) == 'table' and given or {}) do
    if key ~= 'lh' and key ~= 'rh' then fail("surface: expected lh and rh, found '", tostring(key), "'") end
  end
  for _, name in ipairs(hemispheres) do
    if type(given) == 'table' and given[name] then
      local half = {name = name, paths = files.list(given[name], 'surface.' .. name), from = self.units}
      for i, path in ipairs(half.paths) do
        local x, _, listed = load(path)
        if listed then fail(path, ': expected a value for each vertex, found a list of vertices') end
        half.vertices = half.vertices or x.shape[1]
        if x.shape[1] ~= half.vertices then
          fail(path, (': expected the %d vertices of %s, found %d'):format(half.vertices, half.paths[1], x.shape[1]))
        end
        local count = x.shape[2]
        if #self.hemispheres > 0 and self.counts[i] ~= count then
          fail(path, (': expected the %s trials of %s, found %d'):format(self.counts[i] or 'no', self.hemispheres[1].paths[i] or 'lh', count))
        end
        self.counts[i] = count
      end
      if #half.paths ~= #self.counts then
        fail(('surface: expected as many files of rh as of lh, %d, found %d'):format(#self.counts, #half.paths))
      end
      self.units = self.units + half.vertices
      self.hemispheres[#self.hemispheres + 1] = half
    end
  end
  if #self.hemispheres == 0 then fail('surface: expected {lh = path or list, rh = path or list}') end
  self.paths = self.hemispheres[1].paths
  self.like = self.paths[1]
  return self
end

function Surfaces:read(n, columns)
  local parts = {}
  for i, half in ipairs(self.hemispheres) do
    local inside = torch.logical_and(columns:ge(half.from), columns:lt(half.from + half.vertices))
    local x = load(half.paths[n])
    parts[i] = x:index_select(0, columns[inside] - half.from).T
  end
  local values = torch.cat(parts, 1)
  return values:to(values.dtype == 'float64' and 'float64' or 'float32')
end

-- The numbers of one hemisphere as those that `codes` has for their names, which it learns; 0 for what has no name.
local function renumbered(values, names, codes)
  local result = torch.zeros_like(values)
  for _, number in ipairs((torch.unique(values)):tolist()) do
    local name = number ~= 0 and names[math.tointeger(number)]
    if name then
      if not codes.of[name] then
        codes.names[#codes.names + 1] = name
        codes.of[name] = #codes.names
      end
      result:masked_fill_(values:eq(number), codes.of[name])
    end
  end
  return result
end

-- A map over the vertices of both hemispheres from {lh =, rh =} of paths or Tensors; a hemisphere that is not given is 0. With
-- the names of its numbers where the files have any, whatever their numbers are in either hemisphere.
function Surfaces:map(given, option)
  if type(given) ~= 'table' or is_tensor(given) then fail(option, ': expected {lh = path, rh = path}, got ', type(given)) end
  local flat, codes = torch.zeros(self.units, {dtype = 'float32'}), {names = {}, of = {}}
  for _, half in ipairs(self.hemispheres) do
    local one = given[half.name]
    local part = flat:narrow(0, half.from, half.vertices)
    if one ~= nil then
      local values, names, listed
      if is_tensor(one) then values = one:reshape{-1, 1} else values, names, listed = load(one) end
      if listed then
        local inside = values[values:ge(0)]
        if #inside > 0 and inside:max():item() >= half.vertices then
          fail(one, (': vertex %d of %d'):format(inside:max():item(), half.vertices))
        end
        part:index_fill_(0, inside, 1)
      elseif values.shape[1] ~= half.vertices or values.shape[2] ~= 1 then
        fail(option, (': %s: expected a value for each of %d vertices, found %s'):format(half.name, half.vertices, tostring(values.shape)))
      else
        part:copy_(names and renumbered(values:squeeze(1), names, codes) or values:squeeze(1))
      end
    end
  end
  return flat, #codes.names > 0 and codes.names or nil
end

-- Regions that the space has by itself: name -> boolean [units].
function Surfaces:own_regions()
  local regions = {}
  for _, half in ipairs(self.hemispheres) do
    regions[half.name] = torch.zeros(self.units, {dtype = 'bool'})
    regions[half.name]:narrow(0, half.from, half.vertices):fill_(true)
  end
  return regions
end

function Surfaces:unflatten(flat)
  local parts = {}
  for _, half in ipairs(self.hemispheres) do parts[half.name] = flat:narrow(-1, half.from, half.vertices) end
  return parts
end

-- path: with {hemi} where lh and rh go.
function Surfaces:save(path, flat)
  if #self.hemispheres > 1 and not path:find('{hemi}', 1, true) then
    fail("save: ", path, ": expected {hemi} in the name, where lh and rh go")
  end
  for _, half in ipairs(self.hemispheres) do
    local target = path:gsub('{hemi}', half.name)
    local values = flat:narrow(-1, half.from, half.vertices):float()
    if target:find '%.gii$' then
      local arrays = {}
      for i, map in ipairs(values.ndim == 1 and {values} or values:unbind(0)) do arrays[i] = {data = map:contiguous(), intent = 'shape'} end
      file.save(target, {arrays = arrays})
    else
      local maps = values.ndim == 1 and values:reshape{-1, 1, 1} or values.T:reshape{half.vertices, 1, 1, -1}
      file.save(target, maps, {like = half.paths[1]})
    end
  end
end

return Surfaces
