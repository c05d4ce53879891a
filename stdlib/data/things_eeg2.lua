-- THINGS-EEG2: Gifford, Dwivedi, Roig and Cichy, "A large and rich EEG dataset for modeling human visual object
-- recognition", NeuroImage 2022; its preprocessed files and its pictures.
local core = require 'brain.core'
local eeg = require 'brain.data.eeg'
local file = require 'brain.file'
local torch = require 'brain.torch'
local nearest = require('brain.native').nearest

local things_eeg2 = {}

-- The channels over occipital and parietal cortex, in the order of the published files.
things_eeg2.channels = {'Pz', 'P3', 'P7', 'O1', 'Oz', 'O2', 'P4', 'P8', 'P1', 'P5',
  'PO7', 'PO3', 'POz', 'PO4', 'PO8', 'P6', 'P2'}

local source = 'THINGS-EEG2 is OSF project 3jk45 (osf.io/3jk45)'
local sources = {
  eeg = source .. ', preprocessed EEG is its component anp5v',
  training = source .. ', training pictures are its file 3v527',
  test = source .. ', test pictures are its file znu7b',
  metadata = source .. ', image_metadata.npy is its file qkgtf',
}

local function fail(...) error(('things_eeg2: ' .. table.concat {...}), 0) end

local defaults = {subject = 1, window = {0, 0.2}, channels = things_eeg2.channels, average = true, trials = false,
  trials_window = {-math.huge, math.huge}, pictures = true}

local function with_defaults(options)
  local result, known = {}, {}
  for name, value in pairs(defaults) do
    result[name] = value
    known[#known + 1] = name
  end
  for name, value in pairs(options or {}) do
    local default = defaults[name]
    if default == nil then
      local near = nearest(tostring(name), known)
      fail("unknown option '", tostring(name), "'", near and (", did you mean '%s'?"):format(near) or '')
    end
    if type(value) ~= type(default) then
      fail(name, ': expected ', type(default), ', got ', type(value))
    end
    result[name] = value
  end
  for _, name in ipairs {'window', 'trials_window'} do
    local window = result[name]
    if #window ~= 2 or type(window[1]) ~= 'number' or type(window[2]) ~= 'number' or window[1] >= window[2] then
      fail(name, ': expected {from, to} in seconds, from < to')
    end
  end
  if #result.channels == 0 then fail 'channels: expected at least one name' end
  return result
end

-- The folder of a subject's files and the places looked at.
local function subject_folder(root, subject)
  local name = ('sub-%02d'):format(subject)
  local places = {root .. '/preprocessed_data/' .. name, root .. '/' .. name}
  for _, place in ipairs(places) do
    if eeg.entries(place) then return place, places end
  end
  return nil, places
end

-- The path of one of a subject's files.
local function recording(root, subject, split)
  local name = ('preprocessed_eeg_%s.npy'):format(split)
  local folder, places = subject_folder(root, subject)
  if folder and core.exists(folder .. '/' .. name) then return folder .. '/' .. name end
  if folder then fail(folder, '/', name, ': no such file. ', sources.eeg) end
  fail('no folder ', table.concat(places, ' or '), '. ', sources.eeg)
end

-- The numbers of the subjects whose two files are below root.
function things_eeg2.subjects(root)
  local subjects = {}
  for _, folder in ipairs {root .. '/preprocessed_data', root} do
    for _, name in ipairs(eeg.entries(folder) or {}) do
      local path, number = folder .. '/' .. name, tonumber(name:match '^sub%-(%d+)$')
      if number and not subjects[number] and core.exists(path .. '/preprocessed_eeg_training.npy')
          and core.exists(path .. '/preprocessed_eeg_test.npy') then
        subjects[number] = true
      end
    end
  end
  local numbers = {}
  for number in pairs(subjects) do numbers[#numbers + 1] = number end
  table.sort(numbers)
  return numbers
end

local function picture_places(root, split)
  return {('%s/image_set/%s_images'):format(root, split), ('%s/%s_images'):format(root, split)}
end

-- The folder of a split's pictures: one that is there, else the first place where it should be.
local function picture_folder(root, split)
  local places = picture_places(root, split)
  for _, place in ipairs(places) do
    if eeg.entries(place) then return place, true, places end
  end
  return places[1], false, places
end

-- Concepts and file names in the order of the folders, as lists with an entry per picture.
local function walk(folder)
  local concepts, files = {}, {}
  for _, concept in ipairs(eeg.entries(folder)) do
    for _, name in ipairs(eeg.entries(folder .. '/' .. concept) or {}) do
      concepts[#concepts + 1], files[#files + 1] = concept, name
    end
  end
  return concepts, files
end

-- Every picture that is listed must be there: says how many are not, and which is the first.
local function check_pictures(folder, concepts, files, places, split)
  local missing, first, listed, here = 0, nil, nil, nil
  for i, concept in ipairs(concepts) do
    if concept ~= listed then
      listed, here = concept, {}
      for _, name in ipairs(eeg.entries(folder .. '/' .. concept) or {}) do here[name] = true end
    end
    if not here[files[i]] then
      missing = missing + 1
      first = first or concept .. '/' .. files[i]
    end
  end
  if missing > 0 then
    fail(('%d of %d %s pictures are missing, the first is %s; looked in %s. %s ({pictures = false} reads the EEG alone)')
      :format(missing, #files, split, first, table.concat(places, ' and '), sources[split]))
  end
end

-- Checks that the pictures are in the order of "concept/file", which is that of the EEG.
local function check_order(concepts, files, split, where)
  if #concepts ~= #files then
    fail(where, ': expected as many ', split, ' concepts as files, found ', #concepts, ' and ', #files)
  end
  for i = 2, #files do
    local before, after = concepts[i - 1] .. '/' .. files[i - 1], concepts[i] .. '/' .. files[i]
    if before >= after then
      fail(where, ': ', split, " pictures are not in the order of their names, which is the EEG's: ", before,
        ' before ', after)
    end
  end
end

-- The name that a concept has in THINGS, without the number of a split ('00001_aardvark').
local function bare(concept) return (concept:gsub('^%d+_', '')) end

local function metadata_of(root)
  local places = {root .. '/image_set/image_metadata.npy', root .. '/image_metadata.npy'}
  for _, place in ipairs(places) do
    if core.exists(place) then
      local metadata = file.load(place, {allow_pickle = true})
      for _, split in ipairs {'train', 'test'} do
        for _, list in ipairs {'_img_concepts', '_img_files'} do
          if type(metadata) ~= 'table' or type(metadata[split .. list]) ~= 'table' then
            fail(place, ': expected a dict with the list ', split, list, '. ', sources.metadata)
          end
        end
      end
      return metadata, place
    end
  end
  return nil, table.concat(places, ' or ')
end

-- The pictures of a split: {concepts = names, files = paths, labels = int64 [pictures] into concepts, from 0}.
local function pictures(root, split, metadata, where, check)
  local folder, there, places = picture_folder(root, split)
  local concepts, files
  if metadata then
    local prefix = split == 'training' and 'train' or 'test'
    concepts, files = metadata[prefix .. '_img_concepts'], metadata[prefix .. '_img_files']
  elseif there then
    concepts, files = walk(folder)
    where = folder
  else
    fail('neither ', where, ' nor a folder ', table.concat(places, ' or '), '. ', sources.metadata, '. ', sources[split])
  end
  check_order(concepts, files, split, where)
  if check then check_pictures(folder, concepts, files, places, split) end
  local names, labels, paths = {}, {}, {}
  for i, concept in ipairs(concepts) do
    if concept ~= names[#names] then names[#names + 1] = concept end
    labels[i] = #names - 1
    paths[i] = ('%s/%s/%s'):format(folder, concept, files[i])
  end
  return {concepts = names, files = paths, labels = torch.tensor(labels, {dtype = 'int64'})}
end

local function check_count(record, values, path, split)
  local images = values.shape[1]
  if images ~= #record.files then
    fail(('%s: expected (images, repetitions, channels, times) with the %d %s pictures that are listed, found %d images')
      :format(path, #record.files, split, images))
  end
end

-- The pictures of both parts, checked: {train = , test = }. `check`: their files must be there.
function things_eeg2.listed(root, check)
  local metadata, where = metadata_of(root)
  local train = pictures(root, 'training', metadata, where, check)
  local test = pictures(root, 'test', metadata, where, check)
  local seen = {}
  for _, concept in ipairs(train.concepts) do seen[bare(concept)] = concept end
  for _, concept in ipairs(test.concepts) do
    if seen[bare(concept)] then
      fail('the test concept ', concept, ' is also a training concept (', seen[bare(concept)], '): expected none in common')
    end
  end
  return {train = train, test = test}
end

-- data.things_eeg2(root, options) -> record; see help 'data.things_eeg2'.
function things_eeg2.read(root, options)
  if type(root) ~= 'string' then fail('root: expected the path of a folder, got ', type(root)) end
  options = with_defaults(options)
  if not eeg.entries(root) then fail('no folder ', root, '. ', sources.eeg) end
  local paths = {training = recording(root, options.subject, 'training'),
    test = recording(root, options.subject, 'test')}
  local parts = things_eeg2.listed(root, options.pictures)
  local train, test = parts.train, parts.test

  local from, to = options.window[1], options.window[2]
  local average = eeg.average(paths.training, options.channels, from, to)
  local mean, sd = average.mean, average.sd
  if not (sd > 0) then fail(paths.training, ': every selected value is ', mean, ': nothing was recorded') end
  local function normalised(values) return values:sub_(mean):div_(sd) end

  for split, part in pairs {training = train, test = test} do
    local read = split == 'training' and average or eeg.average(paths.test, options.channels, from, to)
    check_count(part, read.values, paths[split], split)
    part.repetitions = read.repetitions
    if options.average then part.eeg = normalised(read.values)
    else part.eeg = normalised(eeg.trials(paths[split], options.channels, from, to).values) end
  end
  if options.trials then
    local trials = eeg.trials(paths.test, options.channels, options.trials_window[1], options.trials_window[2])
    test.trials, test.times = normalised(trials.values), trials.times
  end
  return {subject = options.subject, times = average.times,
    channels = table.move(options.channels, 1, #options.channels, 1, {}), train = train, test = test, mean = mean, sd = sd}
end

return things_eeg2
