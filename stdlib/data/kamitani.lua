-- data.kamitani: fMRI responses in bdpy's HDF5 layout (Horikawa & Kamitani 2017, Shen et al. 2019).
--   dataset               [trials, columns] voxels, and columns that describe the trial (run, stimulus, ...)
--   metadata/key          names of the rows of metadata/value
--   metadata/value        [keys, columns] 1 where a column belongs to the key, NaN or another number elsewhere
-- A stimulus is a number whose whole part is a WordNet id and whose six decimals are the picture's number:
-- 1518878.005958 is n01518878_5958.
local file = require 'brain.file'
local responses = require 'brain.data.responses'

local lower = {'ROI_V1', 'ROI_V2', 'ROI_V3', 'ROI_hV4'}
local higher = {'ROI_LOC', 'ROI_FFA', 'ROI_PPA'}

local function label_of(id)
  local whole = math.floor(id)
  return ('n%08d_%d'):format(whole, math.floor((id - whole) * 1e6 + 0.5))
end

-- The columns (0-based) that a key of the metadata marks.
local function marked(value, row) return value[row]:eq(1):nonzero():squeeze(1) end

local function read_metadata(path, h)
  local keys = h:get 'metadata/key'
  local value = h:get('metadata/value'):read()
  local columns = h:get('dataset').shape[2]
  if type(keys) ~= 'table' or #value.shape ~= 2 or value.shape[1] ~= #keys or value.shape[2] ~= columns then
    error(('%s: metadata/value: expected (%d keys, %d columns), found %s'):format(path, #keys, columns, value.shape), 0)
  end
  local metadata = {}
  for i, key in ipairs(keys) do metadata[key] = marked(value, i - 1) end
  return metadata, keys
end

-- The one column of a key as a vector over trials, or nil.
local function column(dataset, metadata, key)
  local places = metadata[key]
  if not places or #places ~= 1 then return nil end
  return dataset[{':', places[0]:item()}]
end

-- The column with stimulus ids: of those that are no voxels the one whose values all look like WordNet ids.
local function stimuli(path, dataset, metadata, keys)
  local names, tried = {}, {}
  for _, key in ipairs(keys) do
    if not key:find '^ROI_' and not key:find '^[Vv]oxel' then
      names[#names + 1] = key
      for _, place in ipairs(metadata[key]:tolist()) do
        if not tried[place] then
          tried[place] = true
          local ids = dataset[{':', place}]
          if torch.logical_and(ids:ge(1e6), ids:lt(1e8)):all():item() then return ids end
        end
      end
    end
  end
  local found = table.concat(names, ', ')
  error(('%s: expected a column of stimulus ids such as 1518878.005958, found none among %s'):format(path, found), 0)
end

-- The flags of regions as positions among the voxels, and the usual unions.
local function regions(metadata, keys, voxels, columns)
  local position = torch.full({columns}, -1, {dtype = 'int64'})
  position[voxels] = torch.arange(#voxels)
  local rois = {}
  for _, key in ipairs(keys) do
    if key:find '^ROI_' then
      local places = position[metadata[key]]
      rois[key] = places[places:ge(0)]
    end
  end
  local function union(name, parts)
    if rois[name] then return end
    local found = {}
    for _, part in ipairs(parts) do
      if rois[part] then found[#found + 1] = rois[part] end
    end
    if #found == #parts then rois[name] = (torch.unique(torch.cat(found))) end
  end
  union('LVC', lower)
  union('HVC', higher)
  union('VC', {'LVC', 'HVC'})
  return rois
end

local function standardise(x, training, path)
  if training.shape[2] ~= x.shape[2] then
    error(('%s: expected the %d voxels of the training trials, found %d'):format(path, training.shape[2], x.shape[2]), 0)
  end
  local spread = training:std(0, {correction = 1})
  spread = torch.where(spread:eq(0), torch.ones_like(spread), spread)
  return (x - training:mean(0)) / spread
end

local known = {roi = true, training = true}

local function kamitani(path, options)
  options = options or {}
  if type(path) ~= 'string' then error('data.kamitani: path: expected string, got ' .. type(path), 0) end
  for name in pairs(options) do
    if not known[name] then
      error(("data.kamitani: unknown option '%s'; options are roi, training"):format(name), 0)
    end
  end
  local h <close> = file.open(path)
  local record = responses.new {path = path, subject = path:match '(sub%-%w+)[^/]*$'}
  local dataset = h:get 'dataset'
  if dataset.dtype ~= 'float64' or #dataset.shape ~= 2 then
    error(('%s: dataset: expected float64 (trials, columns), found %s %s'):format(path, dataset.dtype, dataset.shape), 0)
  end
  local metadata, keys = read_metadata(path, h)
  local voxels = metadata.VoxelData
  if not voxels or #voxels == 0 then error(path .. ": metadata/key: expected 'VoxelData', which marks the voxels", 0) end
  record.rois = regions(metadata, keys, voxels, dataset.shape[2])
  if options.roi then
    local kept
    kept, record.rois = responses.choose(record.rois, options.roi, path)
    voxels = voxels[kept]
  end
  record.trials = dataset[{':', voxels}]
  record.labels = {}
  for i, id in ipairs(stimuli(path, dataset, metadata, keys):tolist()) do record.labels[i] = label_of(id) end
  for field, key in pairs {run = 'Run', session = 'Session'} do
    local values = column(dataset, metadata, key) or column(dataset, metadata, key:lower())
    record[field] = values and values:long()
  end
  local training = options.training
  if type(training) == 'string' then training = kamitani(training, {roi = options.roi}) end
  record.repeats = responses.repeats(record.labels)
  if training then record.trials = standardise(record.trials, training.trials, path) end
  return record
end

return kamitani
