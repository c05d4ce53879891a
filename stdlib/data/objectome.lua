-- data.objectome: images of 24 objects and people's choices between an image's object and a distractor (Rajalingham, Issa
-- et al., J. Neurosci. 2018), as Brain-Score keeps them: for the public and the private images a file of trials, one row
-- each with image_id (or stimulus_id), sample_obj, dist_obj and choice, as netCDF or CSV, and the pictures by their ids.
local entries = require('brain.data.eeg').entries
local file = require 'brain.file'
local images = require 'brain.data.images'
local trials = require 'brain.data.trials'

local source = 'Brain-Score gives them as assy_dicarlo_Rajalingham2018_%s.nc and stimulus_objectome_%s.zip'

local function fail(...) error(('objectome: ' .. table.concat {...}), 0) end

local function find(root, part)
  for _, name in ipairs(entries(root) or {}) do
    if name:find(part, 1, true) and (name:find '%.nc$' or name:find '%.h5$' or name:find '%.csv$') then return root .. '/' .. name end
  end
  fail(root, (": expected a file of trials (.nc or .csv) with '%s' in its name; "):format(part), source:format(part, part))
end

local function read(path)
  local found = path:find '%.csv$' and trials(path) or file.load(path)
  local function column(name, ...)
    local list = name and (found[name] or found[name .. '_'])
    if type(list) == 'table' and #list > 0 then return list end
    if ... then return column(...) end
  end
  local columns = {image_id = column('image_id', 'stimulus_id')}
  for _, name in ipairs {'sample_obj', 'dist_obj', 'choice'} do columns[name] = column(name) end
  for _, name in ipairs {'image_id', 'sample_obj', 'dist_obj', 'choice'} do
    local n = columns[name] and #columns[name]
    if n ~= #(columns.image_id or {}) or n == 0 then
      fail(path, (": expected a text '%s' for each trial, found %s"):format(name, n and n .. ' of them' or 'none'))
    end
  end
  return columns
end

-- One part: trials, and in the order of their ids the images, the object of each, and their files.
local function part(root, name, known)
  local path = find(root, name)
  local self = {trials = read(path), images = {}, truth = {}, files = {}, objects = {}}
  local truth, objects = {}, {}
  for i, id in ipairs(self.trials.image_id) do
    local object = self.trials.sample_obj[i]
    if not truth[id] then truth[id], self.images[#self.images + 1] = object, id end
    if truth[id] ~= object then fail(path, (": image '%s' shows %s in one trial and %s in another"):format(id, truth[id], object)) end
    if not objects[object] then objects[object], self.objects[#self.objects + 1] = true, object end
  end
  table.sort(self.images)
  table.sort(self.objects)
  for i, id in ipairs(self.images) do
    self.truth[i] = truth[id]
    self.files[i] = known[id] or fail(root, (": expected the picture %s.png below it; "):format(id), source:format(name, name))
  end
  return self
end

return function(root)
  if type(root) ~= 'string' then fail('root: expected a path, got ', type(root)) end
  local known = {}
  for _, path in ipairs((images.image_files(root))) do known[path:match '([^/]*)%.[^./]*$'] = path end
  local record = {public = part(root, 'public', known), private = part(root, 'private', known)}
  if table.concat(record.public.objects, ' ') ~= table.concat(record.private.objects, ' ') then
    fail(root, ': expected public and private images of the same objects')
  end
  record.objects = record.public.objects
  return record
end
