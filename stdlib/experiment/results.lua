-- results.h5 of a run: a tree of tensors and texts with attributes, rewritten beside itself and renamed at each save.
-- Arrays over 64 MB are files of their own below results/, to which results.h5 has external links. A build without
-- HDF5 writes results.pt instead, of which `brainlua convert results.pt results.h5` makes the same elsewhere.
local blame = require 'brain.blame'
local core = require 'brain.core'
local file = require 'brain.file'
local frame = require 'brain.frame'
local native = require 'brain.native'
local ordered = require 'brain.ordered'

local large = 64 * 1024 * 1024  -- bytes

local Results = {}
Results.__index = Results

-- entries: path -> value in the order of `names`; attributes: path -> table; links: path -> 'file:object'; cost: seconds
-- that writing took, written: when it ended.
local function new(folder)
  return setmetatable({folder = folder, names = {}, entries = {}, attributes = {}, links = {}, unwritten = false,
    cost = 0, written = 0}, Results)
end

local function is_group(value)
  if native.is_tensor(value) or type(value) ~= 'table' then return false end
  if frame.is_frame(value) then return true end
  return rawlen(value) == 0 and next(value) ~= nil
end

local function refuse(name, text, ...) blame.raise(("run:save: '%s': " .. text):format(name, ...)) end

-- Adds the leaves of a value under their paths.
local function flatten(list, name, value)
  if native.is_tensor(value) then
    if value.dtype:find '^bfloat16' or value.dtype:find '^float8' then
      refuse(name, '%s is not kept in HDF5: convert it with :float()', value.dtype)
    end
    value = value:detach():cpu()
  elseif is_group(value) then
    local meta, keys = getmetatable(value), {}
    for key in pairs(value) do keys[#keys + 1] = key end
    if not (meta and meta.__pairs) then table.sort(keys, function(a, b) return tostring(a) < tostring(b) end) end
    for _, key in ipairs(keys) do
      local item = value[key]
      if frame.is_frame(value) then item = value:column(key) end
      flatten(list, name .. '/' .. tostring(key), item)
    end
    return
  elseif type(value) == 'function' or type(value) == 'userdata' and value ~= torch.null then
    refuse(name, 'expected a Tensor, text, number, list or table of them, got a %s', type(value))
  end
  list[#list + 1] = {name, value}
end

local function check_name(name)
  if type(name) ~= 'string' or not name:find '^[^/]' or name:find('//', 1, true) or name:sub(-1) == '/' then
    blame.raise(("run:save: expected a name as 'group/name', got %s"):format(
      type(name) == 'string' and "'" .. name .. "'" or type(name)))
  end
end

-- The attributes of one array: its dims by name; labels become data sets labels/NAME/DIM.
local function described(name, value, options, list)
  local attributes = {}
  for key, attribute in pairs(options.attributes or {}) do attributes[key] = attribute end
  local dims, labels = options.dims, options.labels
  if not dims and not labels then return attributes end
  if not native.is_tensor(value) then refuse(name, 'dims and labels are for Tensors') end
  if type(dims) ~= 'table' or #dims ~= value:dim() then
    refuse(name, 'dims: expected %d names as the Tensor has axes, got %s', value:dim(),
      type(dims) == 'table' and #dims or type(dims))
  end
  attributes.dims = dims
  local axis_of = {}
  for axis, dim in ipairs(dims) do axis_of[dim] = axis end
  for dim, values in pairs(labels or {}) do
    local axis = axis_of[dim]
    if not axis then
      local near = native.nearest(tostring(dim), dims)
      refuse(name, "labels: no axis '%s'%s", tostring(dim), near and (", did you mean '%s'?"):format(near) or '')
    end
    if #values ~= value:size(axis - 1) then
      refuse(name, 'labels: %s: expected %d as the axis is long, got %d', dim, value:size(axis - 1), #values)
    end
    flatten(list, ('labels/%s/%s'):format(name, dim), values)
  end
  return attributes
end

local function bytes_of(tensor) return tensor:numel() * tensor:element_size() end

-- Whether a path is `name`, below it or above it.
local function overlaps(path, name)
  return path == name or path:sub(1, #name + 1) == name .. '/' or name:sub(1, #path + 1) == path .. '/'
end

local function copy_without(self, name)
  local copy = new(self.folder)
  for _, path in ipairs(self.names) do
    if not overlaps(path, name) and not overlaps(path, 'labels/' .. name) then
      copy.names[#copy.names + 1], copy.entries[path] = path, self.entries[path]
    end
  end
  for _, field in ipairs {'attributes', 'links'} do
    for path, value in pairs(self[field]) do
      if not overlaps(path, name) then copy[field][path] = value end
    end
  end
  return copy
end

-- Saves as PATH.h5, or as PATH.pt what `plain` gives where this build has no HDF5.
local function save_file(path, value, how, plain)
  local ok, problem = pcall(file.save, path .. '.h5', value, how)
  if ok then return end
  if not tostring(problem):find('no HDF5', 1, true) then blame.raise('run:save: ' .. problem) end
  file.save(path .. '.pt', plain())
end

-- The entries as tables within tables, with the attributes beside them.
local function nested(self)
  local tree = ordered({}, {})
  for _, name in ipairs(self.names) do
    local group = tree
    for part in name:gmatch '([^/]+)/' do
      group[part] = group[part] or ordered({}, {})
      group = group[part]
    end
    group[name:match '[^/]+$'] = self.entries[name]
  end
  if next(self.attributes) then tree.attributes = self.attributes end
  return tree
end

-- Writes what has been saved, if that is not in the file yet.
function Results:flush()
  if not self.unwritten then return end
  local start, tree = native.wall_seconds(), {}
  for _, name in ipairs(self.names) do tree[name] = self.entries[name] end
  save_file(self.folder .. '/results', ordered(tree, {table.unpack(self.names)}),
    {attributes = next(self.attributes) and self.attributes or nil, links = next(self.links) and self.links or nil},
    function() return nested(self) end)
  self.unwritten, self.written = false, native.wall_seconds()
  self.cost = self.written - start
end

-- A large array as results/NAME.h5, with its attributes; gives what results.h5 links to.
local function write_apart(self, name, tensor, attributes)
  local path = 'results/' .. name
  core.make_folders((self.folder .. '/' .. path):match '^(.*)/')
  save_file(self.folder .. '/' .. path, {data = tensor}, {attributes = attributes and {data = attributes}},
    function() return {data = tensor, attributes = attributes} end)
  return path .. '.h5:data'
end

-- A copy, so that what the script does to a value later does not change what was saved.
local function snapshot(value)
  if native.is_tensor(value) then return value:clone() end
  return type(value) == 'table' and table.move(value, 1, #value, 1, {}) or value
end

-- value: a Tensor, text, number, list, or a table or Frame of them (a group). options: dims, labels, attributes.
function Results:save(name, value, options)
  check_name(name)
  local list = {}
  flatten(list, name, value)
  local attributes = described(name, value, options, list)
  local changed = copy_without(self, name)
  for _, entry in ipairs(list) do
    local path, leaf = entry[1], entry[2]
    if native.is_tensor(leaf) and bytes_of(leaf) > large then
      local own = path == name and next(attributes) and attributes or nil
      changed.links[path] = write_apart(self, path, leaf, own)
      if own then attributes = {} end
    else
      changed.names[#changed.names + 1], changed.entries[path] = path, snapshot(leaf)
    end
  end
  if next(attributes) then changed.attributes[name] = attributes end
  changed.unwritten, changed.cost, changed.written = true, self.cost, self.written
  -- Where writing takes long it is put off (until the step ends at the latest), to stay a tenth of the time.
  if self.cost < 1 or native.wall_seconds() > self.written + 10 * self.cost then changed:flush() end
  for field, content in pairs(changed) do self[field] = content end
end

-- The values of an earlier part of the run.
function Results:load()
  local path = self.folder .. '/results'
  local is_hdf5 = core.exists(path .. '.h5') == 'file'
  if not is_hdf5 and core.exists(path .. '.pt') ~= 'file' then return end
  local tree, attributes = file.load(path .. (is_hdf5 and '.h5' or '.pt'), is_hdf5 and {metadata = true} or nil)
  local list = {}
  if not is_hdf5 then attributes, tree.attributes = tree.attributes, nil end
  for name, value in pairs(tree) do flatten(list, name, value) end
  for _, entry in ipairs(list) do
    local apart = ('results/%s.h5'):format(entry[1])
    if entry[2] == torch.null and core.exists(self.folder .. '/' .. apart) then
      self.links[entry[1]] = apart .. ':data'
    else
      self.names[#self.names + 1], self.entries[entry[1]] = entry[1], entry[2]
    end
  end
  for name, values in pairs(attributes or {}) do
    local bare = name:gsub('^/', '')
    if bare ~= '' then self.attributes[bare] = values end
  end
end

return new
