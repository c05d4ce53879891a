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

-- A map over the vertices of both hemispheres from {lh =, rh =} of paths or Tensors; a hemisphere that is not given is 0.
function Surfaces:map(given, option)
  if type(given) ~= 'table' or is_tensor(given) then fail(option, ': expected {lh = path, rh = path}, got ', type(given)) end
  local flat, names = torch.zeros(self.units, {dtype = 'float32'}), nil
  for _, half in ipairs(self.hemispheres) do
    local one = given[half.name]
    if one ~= nil then
      local values, listed
      if is_tensor(one) then values = one:reshape{-1, 1}
      else
        local found
        values, found, listed = load(one)
        names = names or found
        if names and found and next(found) and names ~= found then  -- numbers of both hemispheres must mean the same
          for key, name in pairs(found) do
            if names[key] and names[key] ~= name then fail(one, (": number %d is '%s', but '%s' in lh"):format(key, name, names[key])) end
            names[key] = name
          end
        end
      end
      local part = flat:narrow(0, half.from, half.vertices)
      if listed then
        local inside = values[values:ge(0)]
        if #inside > 0 and inside:max():item() >= half.vertices then
          fail(one, (': vertex %d of %d'):format(inside:max():item(), half.vertices))
        end
        part:index_fill_(0, inside, 1)
      else
        if values.shape[1] ~= half.vertices or values.shape[2] ~= 1 then
          fail(option, (': %s: expected a value for each of %d vertices, found %s'):format(half.name, half.vertices, tostring(values.shape)))
        end
        part:copy_(values:squeeze(1))
      end
    end
  end
  return flat, names
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
