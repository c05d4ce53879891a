-- Searchlights: the RDM of every small neighbourhood compared with models (rsa.searchlight), and where they are
-- (rsa.neighbourhoods).
local native = require 'brain.rsa.searchlight.native'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'

local searchlight = {}

local Neighbourhoods = {}
local meta = {__index = Neighbourhoods, __name = 'Neighbourhoods'}

function meta:__len() return self.centres.shape[1] end
function meta:__tostring()
  return ('Neighbourhoods [%d, %.1f voxels on average]'):format(#self, self.places.shape[1] / #self)
end

-- The columns of neighbourhood k (0-based).
function Neighbourhoods:members(k)
  if math.type(k) ~= 'integer' or k < 0 or k >= #self then
    error(('members: expected 0 to %d, got %s'):format(#self - 1, tostring(k)), 0)
  end
  local from, to = self.offsets[k]:item(), self.offsets[k + 1]:item()
  return self.places:narrow(0, from, to - from)
end

-- Values [centres, ...] as a volume [..., x, y, z] of the mask, or a map [..., vertices] of the surface, `outside` where there
-- is no centre.
function Neighbourhoods:volume(values, outside)
  if not self.mask then error('volume: these neighbourhoods were given as lists, without a mask', 0) end
  if not is_tensor(values) or values.ndim < 1 or values.shape[1] ~= #self then
    error(('volume: expected values [%d, ...], one for each centre, got %s'):format(#self,
      is_tensor(values) and tostring(values.shape) or type(values)), 0)
  end
  local flat = values:detach():double():reshape{#self, -1}
  local all = torch.full({flat.shape[2], self.mask:numel()}, outside or 0 / 0, {dtype = 'float64'})
  local voxels = self.mask:flatten():nonzero():squeeze(1):index_select(0, self.centres)
  all:index_copy_(1, voxels, flat.T)
  local shape = {}
  for axis = 2, values.ndim do shape[#shape + 1] = values.shape[axis] end
  for _, size in ipairs(self.mask.shape) do shape[#shape + 1] = size end
  return all:view(shape)
end

-- From lists of columns.
local function listed(lists)
  local centres, offsets, parts, count = {}, {0}, {}, 0
  for k, list in ipairs(lists) do
    local part = is_tensor(list) and list:flatten():long() or torch.tensor(list, {dtype = 'int64'})
    if part:numel() == 0 then error(('neighbourhoods: number %d is empty'):format(k - 1), 0) end
    parts[k], centres[k], count = part, part[0]:item(), count + part:numel()
    offsets[k + 1] = count
  end
  return setmetatable({centres = torch.tensor(centres, {dtype = 'int64'}), offsets = torch.tensor(offsets, {dtype = 'int64'}),
    places = torch.cat(parts)}, meta)
end

-- Discs of a surface {vertices, triangles}.
local function on_surface(given, options)
  read_options('neighbourhoods', given, {vertices = read_options.none, triangles = read_options.none})
  local o = read_options('neighbourhoods', options, {radius = 3, mask = false})
  for _, name in ipairs{'vertices', 'triangles'} do
    if not is_tensor(given[name]) then
      error(('neighbourhoods: %s: expected a Tensor, got %s'):format(name, type(given[name])), 0)
    end
  end
  local mask = o.mask and o.mask:ne(0) or torch.ones({given.vertices.shape[1]}, {dtype = 'bool'})
  local centres, offsets, places = native.discs(given.vertices, given.triangles, o.radius, mask)
  return setmetatable({centres = centres, offsets = offsets, places = places, mask = mask}, meta)
end

function searchlight.neighbourhoods(given, options)
  if type(given) == 'table' and not is_tensor(given) and given.vertices ~= nil then return on_surface(given, options) end
  if type(given) == 'table' and not is_tensor(given) and #given > 0 then
    read_options('neighbourhoods', options, {})
    return listed(given)
  end
  if not is_tensor(given) then
    error(('neighbourhoods: expected a mask [x, y, z], {vertices = , triangles = } or a list of lists of voxels, got %s'):format(
      type(given)), 0)
  end
  local o = read_options('neighbourhoods', options, {radius = 3, voxel_size = {1, 1, 1}, fraction = 0})
  local mask = given:ne(0)
  local size = is_tensor(o.voxel_size) and o.voxel_size or torch.tensor(o.voxel_size, {dtype = 'float64'})
  local centres, offsets, places = native.spheres(mask, o.radius, size, o.fraction)
  return setmetatable({centres = centres, offsets = offsets, places = places, mask = mask}, meta)
end

-- x [..., voxels of the mask], or [..., x, y, z] of the whole volume, as the former.
local function columns(x, mask)
  if not mask then return x end
  local axes = mask.ndim
  local whole = x.ndim > axes
  for axis = 1, axes do whole = whole and x.shape[x.ndim - axes + axis] == mask.shape[axis] end
  if whole then return x:flatten(x.ndim - axes):index_select(x.ndim - axes, mask:flatten():nonzero():squeeze(1)) end
  local voxels = mask:sum():item()
  if x.ndim < 1 or x:size(-1) ~= voxels then
    error(('searchlight: x: expected [..., %d voxels of the mask] or [..., %s], got %s'):format(voxels,
      table.concat(mask.shape, ', '), tostring(x.shape)), 0)
  end
  return x
end

function searchlight.searchlight(x, models, options)
  local o = read_options('searchlight', options, {mask = false, radius = 3, voxel_size = {1, 1, 1}, fraction = 0,
    neighbourhoods = false, distance = 'correlation', method = 'spearman', control = false, residuals = false,
    estimator = 'schaefer_strimmer', degrees = false})
  if not is_tensor(x) then error(('searchlight: x: expected a Tensor, got %s'):format(type(x)), 0) end
  if (o.mask and 1 or 0) + (o.neighbourhoods and 1 or 0) ~= 1 then
    error('searchlight: expected one of mask = a Tensor [x, y, z] and neighbourhoods (help rsa.neighbourhoods)', 0)
  end
  local hoods = o.neighbourhoods
  if o.mask then
    hoods = searchlight.neighbourhoods(o.mask, {radius = o.radius, voxel_size = o.voxel_size, fraction = o.fraction})
  elseif getmetatable(hoods) ~= meta then
    hoods = searchlight.neighbourhoods(hoods)
  end
  x = columns(x, hoods.mask)
  models = rdms.of(models, 'searchlight: models')
  local control = o.control and rdms.aligned(models, rdms.of(o.control, 'searchlight: control'), 'searchlight').condensed
  local axes = o.distance == 'crossnobis' and 3 or 2
  local residuals = o.residuals
  if residuals then
    if not is_tensor(residuals) then
      error(('searchlight: residuals: expected a Tensor, got %s'):format(type(residuals)), 0)
    end
    residuals = columns(residuals, hoods.mask)
    local wanted = x.ndim == axes + 1 and 3 or 2
    if residuals.ndim ~= wanted or wanted == 3 and residuals.shape[1] ~= x.shape[1] then
      error(('searchlight: residuals: expected %s, got %s'):format(wanted == 3
        and ('[%d subjects, rows, voxels]'):format(x.shape[1]) or '[rows, voxels]', tostring(residuals.shape)), 0)
    end
  end
  local function one(subject, noise)
    return native.searchlight(subject, hoods.offsets, hoods.places, models.condensed, o.distance, o.method, control or nil,
      noise or nil, o.estimator, o.degrees or nil)
  end
  local similarity
  if x.ndim == axes + 1 then
    local each = {}
    for s = 0, x.shape[1] - 1 do each[s + 1] = one(x[s], residuals and residuals[s]) end
    similarity = torch.stack(each)
  else
    similarity = one(x, residuals)
  end
  return similarity, hoods
end

return searchlight
