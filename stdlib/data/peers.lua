-- Files and folders of other tools as records: rsatoolbox's three kinds, Net2Brain's folders of RDMs, thingsvision's features.
local core = require 'brain.core'
local entries = require('brain.data.eeg').entries
local file = require 'brain.file'
local is_tensor = require('brain.native').is_tensor
local number_text = require 'brain.data.number_text'
local ordered = require 'brain.ordered'
local rdm_file = require 'brain.data.rdm_file'
local rdms = require 'brain.rsa.rdms'
local read_options = require 'brain.options'

local peers = {}

local function fail(path, ...) error(path .. ': ' .. table.concat {...}, 0) end

-- A group with its attributes, in one table; what is None is left out.
local function merged(value, attributes, prefix)
  local own = attributes and attributes[prefix == '' and '/' or prefix] or {}
  local all, names = {}, {}
  for _, part in ipairs {value, own} do
    for name, item in pairs(part) do
      local is_group = type(item) == 'table' and #item == 0
      if is_group then item = merged(item, attributes, prefix .. '/' .. name) end
      if item ~= torch.null then all[name], names[#names + 1] = item, name end
    end
  end
  return ordered(all, names)
end

-- rsatoolbox(path, {labels}) -> RDMs and what else is said of them, or a record of a data set or of results.
function peers.rsatoolbox(path, options)
  local value, attributes = file.load(path, {metadata = true})
  if type(value) == 'table' and value.class and type(value.state) == 'table' then value = value.state end
  if type(value) ~= 'table' or is_tensor(value) then fail(path, 'expected a file of rsatoolbox') end
  if value.dissimilarities then return rdm_file(path, options) end
  if not value.measurements and not value.evaluations then
    fail(path, 'expected a file of rsatoolbox: dissimilarities, measurements or evaluations')
  end
  local record = merged(value, file.format(path) == 'HDF5' and attributes or nil, '')
  if not record.models then return record end
  local models, names, count = {}, {}, 0
  for _ in pairs(record.models) do count = count + 1 end
  for i = 0, count - 1 do
    local model = record.models['model_' .. i]
    local name = model.name or 'model ' .. i
    if models[name] then name = name .. ' ' .. i end
    models[name] = model.rdm and model.rdm.dissimilarities and rdms.of(model.rdm.dissimilarities, path) or torch.null
    names[#names + 1] = name
  end
  record.models = ordered(models, names)
  return record
end

-- net2brain(path) -> RDMs of a file, or of each file of a folder by name.
function peers.net2brain(path, options)
  if core.exists(path) ~= 'folder' then return rdm_file(path, options) end
  local all, names = {}, {}
  for _, name in ipairs(entries(path) or {}) do
    if name:find '%.npz$' then
      local title = name:gsub('%.npz$', '')
      all[title], names[#names + 1] = rdm_file(path .. '/' .. name, options), title
    end
  end
  if #names == 0 then fail(path, 'expected files .npz with RDMs') end
  return ordered(all, names)
end

-- The one array of a file, or the one that has thingsvision's name.
local function read_features(path)
  if path:lower():find '%.txt$' then return number_text(path).values end
  local value = file.load(path)
  if type(value) == 'table' then
    local found = value.features
    for _, item in pairs(value) do
      if not value.features and found then fail(path, "expected one array, or one named 'features'") end
      found = found or item
    end
    value = found
  end
  if not is_tensor(value) then fail(path, 'expected features (images, units), found a ', type(value)) end
  return value
end

local function plain_labels(files)
  local labels, seen = {}, {}
  for i, name in ipairs(files) do
    labels[i] = name:match '([^/\\]+)%.[^./\\]*$' or name:match '[^/\\]+$' or name
    if seen[labels[i]] then return files end
    seen[labels[i]] = true
  end
  return labels
end

-- features(path) -> {features, labels, files}
function peers.features(path, options)
  local o = read_options('features', options, {files = false})
  local folder = core.exists(path) == 'folder' and path
  local parts = {}
  if folder then
    for _, name in ipairs(entries(folder) or {}) do
      local first = name:match '^features_(%d+)%-%d+%.%w+$'
      if name:find '^features%.%w+$' then
        parts = {{0, name}}
        break
      elseif first then parts[#parts + 1] = {tonumber(first), name} end
    end
    table.sort(parts, function(a, b) return a[1] < b[1] end)
    if #parts == 0 then fail(path, 'expected features.npy, .txt, .mat, .h5 or .pt, or parts features_0-99.npy') end
  end
  local read = {}
  for i, part in ipairs(parts) do read[i] = read_features(folder .. '/' .. part[2]) end
  local record = {features = not folder and read_features(path) or #read == 1 and read[1] or torch.cat(read, 0)}
  local list = o.files or (folder or path:match '^(.*)/[^/]*$' or '.') .. '/file_names.txt'
  if o.files or core.exists(list) == 'file' then
    record.files = {}
    for line in file.load(list):gmatch '[^\r\n]+' do record.files[#record.files + 1] = line end
    if #record.files ~= #record.features then
      fail(list, ('expected a name for each of %d images, found %d'):format(#record.features, #record.files))
    end
    record.labels = plain_labels(record.files)
  end
  return record
end

return peers
