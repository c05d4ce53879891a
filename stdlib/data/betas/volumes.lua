-- Betas in volumes: NIfTI or MGH files [x, y, z, trials] of one grid, or an array of that shape. A space has `units` places,
-- which are voxels here (the last axis fastest), and reads the trials and maps that lie in it.
local file = require 'brain.file'
local fail = require('brain.data.betas.files').fail
local is_tensor = require('brain.native').is_tensor

local Volumes = {kind = 'volume'}
Volumes.__index = Volumes

local kept_bytes = 1 << 30  -- volumes up to this size in all are not unpacked a second time

local function grid_text(shape) return ('%d x %d x %d'):format(shape[1], shape[2], shape[3]) end

-- The numbers as stored, [x, y, z, ...], and the metadata of a volume.
local function load(path)
  local stored, about = file.load(path, {metadata = true, scaled = false})
  if not is_tensor(stored) or not about or not about.affine then
    fail(path, ': expected a volume (.nii, .nii.gz, .mgh, .mgz)', type(stored) == 'table' and stored.axes and '; CIFTI files go to cifti =' or '')
  end
  if stored.ndim > 4 then fail(path, ': expected (x, y, z, trials), found ', tostring(stored.shape)) end
  return stored, about
end

local function check_grid(self, path, stored, about)
  local shape = stored.shape
  for axis = 1, 3 do
    if shape[axis] ~= self.shape[axis] then
      fail(path, (': expected the %s voxels of %s, found %s'):format(grid_text(self.shape), self.like, grid_text(shape)))
    end
  end
  local off = (about.affine - self.affine):abs():max():item()
  if off > 1e-3 then
    fail(path, (': lies elsewhere than %s: their affines differ by up to %.4g mm; resample one to the other'):format(self.like, off))
  end
end

-- Values [trials, columns] of the stored numbers; columns: int64, places of the space.
local function gather(self, stored, columns, about)
  local x, y, z = self.shape[1], self.shape[2], self.shape[3]
  local rows = stored:reshape{x, y, z, -1}:permute(3, 2, 1, 0):reshape{-1, x * y * z}  -- x fastest, as in the file
  local i, j, k = columns // (y * z), columns // z % y, columns % z
  local values = rows:index_select(1, i + x * (j + y * k))
  local slope, intercept = about.slope or 1, about.intercept or 0
  if slope ~= 1 or intercept ~= 0 then values = values:double() * slope + intercept end
  return values:to(stored.dtype == 'float64' and 'float64' or 'float32')
end

-- paths: of betas or of residuals. grid: {shape, affine, like} that they must have, or nil.
function Volumes.open(paths, grid)
  local self = setmetatable({paths = paths, counts = {}, loaded = {}}, Volumes)
  if grid then self.shape, self.affine, self.like = grid.shape, grid.affine, grid.like end
  local bytes = 0
  for i, path in ipairs(paths) do
    local stored, about = load(path)
    if not self.shape then
      self.shape, self.affine, self.like = {table.unpack(stored.shape, 1, 3)}, about.affine, path
    end
    check_grid(self, path, stored, about)
    self.counts[i] = stored.shape[4] or 1
    bytes = bytes + stored:numel() * stored:element_size()
    if bytes <= kept_bytes then self.loaded[i] = {stored, about} end
  end
  self.units = self.shape[1] * self.shape[2] * self.shape[3]
  self.voxel_size = self.affine['0:3, 0:3']:norm{p = 2, dim = {0}}
  return self
end

-- An array [x, y, z, trials]. like: path of a volume of the same grid, which says where it lies, or nil.
function Volumes.of_array(array, name, like)
  if array.ndim ~= 4 then fail(name, ': expected betas (x, y, z, trials), found ', tostring(array.shape)) end
  local self = setmetatable({paths = {name}, counts = {array.shape[4]}, loaded = {{array, {}}}}, Volumes)
  self.shape = {table.unpack(array.shape, 1, 3)}
  self.units = self.shape[1] * self.shape[2] * self.shape[3]
  self.like = name
  if like then
    local stored, about = load(like)
    for axis = 1, 3 do
      if stored.shape[axis] ~= self.shape[axis] then
        fail(name, (': expected the %s voxels of %s, found %s'):format(grid_text(stored.shape), like, grid_text(self.shape)))
      end
    end
    self.affine, self.like = about.affine, like
    self.voxel_size = self.affine['0:3, 0:3']:norm{p = 2, dim = {0}}
  end
  return self
end

-- Trials of file n at some places.
function Volumes:read(n, columns)
  local kept = self.loaded[n] or {load(self.paths[n])}
  return gather(self, kept[1], columns, kept[2])
end

-- A map over all places, flat, from a path or a Tensor [x, y, z]; and names of its numbers where it has any.
function Volumes:map(given, option)
  if is_tensor(given) then
    if given.ndim ~= 3 or given:numel() ~= self.units or given.shape[1] ~= self.shape[1] or given.shape[2] ~= self.shape[2] then
      fail(option, (': expected %s voxels, found %s'):format(grid_text(self.shape), tostring(given.shape)))
    end
    return given:reshape(-1)
  end
  if type(given) ~= 'string' then fail(option, ': expected a path or a Tensor [x, y, z], got ', type(given)) end
  local stored, about = load(given)
  if stored.ndim == 4 and stored.shape[4] ~= 1 then
    fail(option, ': ', given, ': expected one volume, found ', tostring(stored.shape))
  end
  if not self.affine then self.affine = about.affine end
  check_grid(self, given, stored, about)
  return gather(self, stored, torch.arange(self.units), about)[0]
end

-- Flat values [..., units] as a volume [x, y, z] or, of several, [x, y, z, n].
function Volumes:unflatten(flat)
  local volume = flat:reshape{-1, self.shape[1], self.shape[2], self.shape[3]}
  return flat.ndim == 1 and volume[0] or volume:permute(1, 2, 3, 0)
end

function Volumes:save(path, flat)
  if not self.affine then fail('save: ', self.like, " does not say where its voxels lie: give like = 'a volume of the same grid'") end
  local values = self:unflatten(flat):float()
  local same = path:find '%.mg[hz]$' and self.like:find '%.mg[hz]$' or path:find '%.nii' and self.like:find '%.nii'
  if same then file.save(path, values, {like = self.like})
  else file.save(path, values, {metadata = {affine = self.affine}}) end
end

return Volumes
