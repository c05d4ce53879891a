-- data.things_eeg2 on small generated files, the golden fixtures and the real metadata.
local test = require 'brain.test'
local torch = require 'brain.torch'
local file = require 'brain.file'
local eeg = require 'brain.data.eeg'
local data = require 'brain.data'
local reader = require 'brain.data.things_eeg2'
local help = require 'brain.help'

local times = (torch.arange(100, {dtype = 'float64'}) - 20) / 100

local function save_eeg(path, values, channels)
  file.save(path, {preprocessed_eeg_data = values, ch_names = channels or reader.channels, times = times}, {allow_pickle = true})
end

local function write(path, text)
  local handle = assert(io.open(path, 'wb'))
  handle:write(text)
  handle:close()
end

-- 3 training concepts of 2 pictures with 4 repetitions, 2 test concepts of 1 with 5; what is given replaces it.
local function make(root, o)
  o = o or {}
  local lists = {train = {'00001_ant', '00002_bee', '00003_cat'}, test = {'00001_dog', '00002_emu'}}
  local metadata = {}
  for split, concepts in pairs(lists) do
    local folders, files = {}, {}
    for _, concept in ipairs(concepts) do
      local place = ('%s/image_set/%s_images/%s'):format(root, split == 'train' and 'training' or split, concept)
      eeg.make_folders(place)
      for k = 1, split == 'train' and 2 or 1 do
        local name = ('%s_%02d.jpg'):format(concept:sub(7), k)
        folders[#folders + 1], files[#files + 1] = concept, name
        write(place .. '/' .. name, 'picture')
      end
    end
    metadata[split .. '_img_concepts'], metadata[split .. '_img_files'] = folders, files
  end
  if o.metadata ~= false then file.save(root .. '/image_set/image_metadata.npy', o.metadata or metadata, {allow_pickle = true}) end
  local place = root .. '/' .. (o.folder or 'preprocessed_data/sub-01')
  eeg.make_folders(place)
  torch.manual_seed(1)
  local train = o.train or torch.randn(6, 4, 17, 100, {dtype = 'float64'})
  local seen = o.test or torch.randn(2, 5, 17, 100, {dtype = 'float64'})
  save_eeg(place .. '/preprocessed_eeg_training.npy', train, o.channels)
  save_eeg(place .. '/preprocessed_eeg_test.npy', seen, o.channels)
  return train, seen, metadata, place
end

local tolerance = {rtol = 1e-6, atol = 1e-6}  -- float32 of figures of size 1

test.case('averages over repetitions, windows, normalises by the training set', function()
  test.in_folder(function(root)
    local train, seen = make(root)
    local record = data.things_eeg2(root, {trials = true})
    local a = train:mean(1)['..., 20:40']
    test.close(record.mean, a:mean():item(), {rtol = 1e-12})
    test.close(record.sd, a:std{correction = 0}:item(), {rtol = 1e-12})
    test.close(record.train.eeg:double(), (a - record.mean) / record.sd, tolerance)
    test.close(record.test.eeg:double(), (seen:mean(1)['..., 20:40'] - record.mean) / record.sd, tolerance)
    test.close(record.test.trials:double(), (seen - record.mean) / record.sd, tolerance)
    test.equal(record.train.eeg.dtype, 'float32')
    test.equal(record.times, times['20:40'])
    test.equal(record.test.times, times)
    test.equal(record.train.labels:tolist(), {0, 0, 1, 1, 2, 2})
    test.equal(record.train.concepts, {'00001_ant', '00002_bee', '00003_cat'})
    test.equal(record.test.labels:tolist(), {0, 1})
    test.equal(record.train.files[4], root .. '/image_set/training_images/00002_bee/bee_02.jpg')
    test.equal(record.train.repetitions:tolist(), {4, 4, 4, 4, 4, 4})
    test.equal(record.channels, reader.channels)
    test.equal(data.things_eeg2_subjects(root), {1})
  end)
end)

test.case('channels by name, other windows, single repetitions, float32 files, no metadata', function()
  test.in_folder(function(root)
    local names = {}
    for i, name in ipairs(reader.channels) do names[18 - i] = name end
    names[18] = 'Fz'
    local train, seen = make(root, {channels = names, train = torch.randn(6, 3, 18, 100), test = torch.randn(2, 5, 18, 100),
      folder = 'sub-01', metadata = false})
    local record = data.things_eeg2(root, {channels = {'P2', 'Fz', 'Pz'}, window = {-0.2, 0}, average = false, trials = true,
      trials_window = {0.1, 0.125}})
    local function chosen(x) return x:index_select(2, torch.tensor{0, 17, 16}) end
    local a = chosen(train)['..., :20']:double()
    test.close(record.mean, a:mean(1):mean():item(), {rtol = 1e-12})
    test.close(record.train.eeg:double(), (a - record.mean) / record.sd, tolerance)
    test.close(record.test.eeg:double(), (chosen(seen)['..., :20']:double() - record.mean) / record.sd, tolerance)
    test.close(record.test.trials:double(), (chosen(seen)['..., 30:33']:double() - record.mean) / record.sd, tolerance)
    test.equal(record.train.eeg.shape, {6, 3, 3, 20})
    test.equal(record.channels, {'P2', 'Fz', 'Pz'})
    test.equal(#record.train.files, 6)
  end)
end)

test.case('a repetition with NaN is missing; a picture without any is an error', function()
  test.in_folder(function(root)
    local nan = 0 / 0
    local train = torch.randn(6, 4, 17, 100, {dtype = 'float64'})
    train[1][2] = nan
    train[{3, 0, 5, 25}] = nan
    train[{4, 0, 5, 60}] = nan  -- outside of the window
    make(root, {train = train})
    local record = data.things_eeg2(root)
    test.equal(record.train.repetitions:tolist(), {4, 3, 4, 3, 4, 4})
    local expected = train[1]:index_select(0, torch.tensor{0, 1, 3}):mean(0)['..., 20:40']
    test.close(record.train.eeg[1]:double(), (expected - record.mean) / record.sd, tolerance)
    train[2] = nan
    save_eeg(root .. '/preprocessed_data/sub-01/preprocessed_eeg_training.npy', train)
    test.raises(function() data.things_eeg2(root) end, 'image 2 (from 0): every one of its 4 repetitions has NaN')
  end)
end)

test.case('what is missing is named, with where it was looked for and where to get it', function()
  test.in_folder(function(root)
    test.raises(function() data.things_eeg2(root) end, 'things_eeg2: no folder ' .. root)
    local _, _, _, place = make(root)
    local function raises(text, options) return test.raises(function() data.things_eeg2(root, options) end, text) end
    test.truthy(raises('sub-02', {subject = 2}):find('anp5v', 1, true))
    test.equal(data.things_eeg2_subjects(root), {1})
    raises("unknown option 'windw', did you mean 'window'?", {windw = {0, 1}})
    raises('window: expected {from, to} in seconds', {window = {0.2, 0}})
    raises('window: no sample from 2 s to 3 s, there are -0.2 s to 0.79 s', {window = {2, 3}})
    raises("no channel 'PO9', did you mean", {channels = {'PO9'}})
    raises('expected table, got string', {channels = 'Pz'})
    os.execute(("rm -rf '%s/image_set/training_images/00002_bee'"):format(root))
    local message = raises '2 of 6 training pictures are missing, the first is 00002_bee/bee_01.jpg'
    test.truthy(message:find('3v527', 1, true) and message:find('training_images', 1, true))
    test.equal(#data.things_eeg2(root, {pictures = false}).train.files, 6)
    os.remove(root .. '/image_set/image_metadata.npy')
    raises 'with the 4 training pictures that are listed, found 6 images'
    os.remove(place .. '/preprocessed_eeg_test.npy')
    raises 'preprocessed_eeg_test.npy: no such file'
    test.equal(data.things_eeg2_subjects(root), {})
  end)
end)

test.case('damaged and wrong files', function()
  test.in_folder(function(root)
    local _, _, metadata, place = make(root)
    local training = place .. '/preprocessed_eeg_training.npy'
    local function raises(text) return test.raises(function() data.things_eeg2(root) end, text) end
    local handle = assert(io.open(training, 'rb'))
    local content = handle:read 'a'
    handle:close()
    write(training, content:sub(1, #content // 2))
    raises 'an incomplete download?'
    file.save(training, torch.zeros(3))
    raises 'expected a dict with preprocessed_eeg_data'
    save_eeg(training, torch.zeros(6, 17, 100))
    raises 'preprocessed_eeg_data: expected (images, repetitions, channels, times), found (6, 17, 100)'
    save_eeg(training, torch.zeros(6, 2, 16, 100))
    raises 'expected a name for each of 16 channels, found 17'
    save_eeg(training, torch.zeros({6, 2, 17, 100}, {dtype = 'int32'}))
    raises 'expected float64 or float32, found int32'
    save_eeg(training, torch.zeros(6, 2, 17, 100))
    raises 'nothing was recorded'
    save_eeg(training, torch.randn(5, 2, 17, 100))
    raises 'with the 6 training pictures that are listed, found 5 images'
    local names = table.move(reader.channels, 1, 17, 1, {})
    names[3] = 'p7'
    save_eeg(training, torch.randn(6, 2, 17, 100), names)
    raises "no channel 'P7'"
    save_eeg(training, torch.randn(6, 2, 17, 100))
    metadata.train_img_files[1], metadata.train_img_files[2] = metadata.train_img_files[2], metadata.train_img_files[1]
    file.save(root .. '/image_set/image_metadata.npy', metadata, {allow_pickle = true})
    raises 'training pictures are not in the order of their names'
    metadata.train_img_files[1], metadata.train_img_files[2] = metadata.train_img_files[2], metadata.train_img_files[1]
    metadata.test_img_concepts[1] = '00001_ant'
    file.save(root .. '/image_set/image_metadata.npy', metadata, {allow_pickle = true})
    test.raises(function() data.things_eeg2(root, {pictures = false}) end, 'the test concept 00001_ant is also a training concept')
    metadata.test_img_files = nil
    file.save(root .. '/image_set/image_metadata.npy', metadata, {allow_pickle = true})
    raises 'expected a dict with the list test_img_files'
  end)
end)

test.case('the golden fixtures, pickle protocols 3 and 4', function()
  local golden = 'data/realnet/golden/'
  local expected = test.shared(golden .. 'fixture_eeg_expected.json')
  if not expected then return end
  expected = file.load(expected)
  for _, protocol in ipairs {'p3', 'p4'} do
    local path = test.shared(golden .. 'fixture_preprocessed_eeg_training_' .. protocol .. '.npy')
    local average = eeg.average(path, reader.channels, 0, 0.2)
    test.close(average.mean, expected.mean, {rtol = 1e-12})
    test.close(average.sd, expected.std, {rtol = 1e-12})
    local z = (average.values:double() - average.mean) / average.sd
    test.close(z[0]:flatten()['0:6'], torch.tensor(expected.z_row0, {dtype = 'float64'}), tolerance)
    test.close(z[5]:flatten()['336:'], torch.tensor(expected.z_row5_last, {dtype = 'float64'}), tolerance)
  end
end)

test.case('the real metadata are in order and their splits have no concept in common', function()
  local path = test.shared 'data/realnet/things_eeg2/image_metadata.npy'
  if not path then return end
  local root = path:match '^(.*)/'
  local record = reader.listed(root)
  test.equal(#record.train.files, 16540)
  test.equal(#record.train.concepts, 1654)
  test.equal(#record.test.files, 200)
  test.equal(record.train.labels:bincount():unique():tolist(), {10})
  test.equal(record.test.concepts[1], '00001_aircraft_carrier')
  test.equal(record.train.files[1], root .. '/image_set/training_images/00001_aardvark/aardvark_01b.jpg')
end)

test.case('every reader has a help text', function()
  for _, name in ipairs {'data.things_eeg2', 'data.things_eeg2_subjects', 'data.simulate.things_eeg2'} do
    test.truthy(help.find(name), name)
  end
end)
