-- data.kamitani on a small file of its layout: trials of known responses.
local test = require 'brain.test'
local file = require 'brain.file'

if not test.has 'hdf5' then  -- such a build says so on one line
  test.case('a build without HDF5', function() test.raises(function() file.save('x.h5', {}) end, 'this build has no HDF5') end)
  return
end

local ids = {1518878.005958, 1443537.022563, 1518878.005958, 2071294.046212, 1443537.022563, 1518878.005958}
local keys = {'VoxelData', 'ROI_V1', 'ROI_V2', 'ROI_V3', 'ROI_hV4', 'ROI_LOC', 'Session', 'Run', 'stimulus_name'}
local regions = {ROI_V1 = {1, 2}, ROI_V2 = {3}, ROI_V3 = {4}, ROI_hV4 = {5}, ROI_LOC = {6, 7}}

-- Columns 0: run, 1 to 7: voxels, 8: session, 9: stimulus. Voxel v of trial t is 10 v + t.
local function write(path, change)
  local trials, columns = #ids, 10
  local dataset = torch.zeros({trials, columns}, {dtype = 'float64'})
  for t = 1, trials do
    dataset[{t - 1, 0}] = t <= 3 and 1 or 2
    for v = 1, 7 do dataset[{t - 1, v}] = 10 * v + t end
    dataset[{t - 1, 8}] = 1
    dataset[{t - 1, 9}] = ids[t]
  end
  local value = torch.full({#keys, columns}, 0 / 0, {dtype = 'float64'})
  for i, key in ipairs(keys) do
    local marked = regions[key] or ({VoxelData = {1, 2, 3, 4, 5, 6, 7}, Run = {0}, Session = {8}, stimulus_name = {9}})[key]
    for _, column in ipairs(marked) do value[{i - 1, column}] = 1 end
  end
  local description = {}
  for i, key in ipairs(keys) do description[i] = 'about ' .. key end
  local tree = {dataset = dataset, metadata = {key = keys, description = description, value = value}}
  if change then change(tree) end
  file.save(path, tree)
end

local function scratch(fn, change)
  local base = os.tmpname()
  local folder = base .. '_kamitani_sub-03_perception.h5'
  write(folder, change)
  local ok, message = pcall(fn, folder)
  os.remove(folder)
  os.remove(base)
  if not ok then error(message, 0) end
end

test.case('trials, labels, runs and regions', function()
  scratch(function(path)
    local record = data.kamitani(path)
    test.equal(record.responses.shape, torch.zeros(6, 7).shape)
    test.equal(record.responses.dtype, 'float64')
    test.equal(record.responses[2]:tolist(), {13.0, 23.0, 33.0, 43.0, 53.0, 63.0, 73.0})
    test.equal(record.labels[1], 'n01518878_5958')
    test.equal(record.labels[4], 'n02071294_46212')
    test.equal(record.run:tolist(), {1, 1, 1, 2, 2, 2})
    test.equal(record.session:tolist(), {1, 1, 1, 1, 1, 1})
    test.equal(record.subject, 'sub-03')
    test.equal(record.rois.ROI_V1:tolist(), {0, 1})
    test.equal(record.rois.ROI_LOC:tolist(), {5, 6})
    test.equal(record.rois.LVC:tolist(), {0, 1, 2, 3, 4})
    test.equal(record.rois.HVC, nil)  -- FFA and PPA are not there
  end)
end)

test.case('a region averaged over the trials of each picture', function()
  scratch(function(path)
    local record = data.kamitani(path)
    local x, labels = record:roi 'ROI_V1'
    test.equal(labels, {'n01443537_22563', 'n01518878_5958', 'n02071294_46212'})
    test.close(x, torch.tensor({{13.5, 23.5}, {10 + 10 / 3, 20 + 10 / 3}, {14, 24}}, {dtype = 'float64'}))
    test.equal(record:roi('V1', {average = false}), record.responses[':, :2'])
    test.equal(record:average().shape, torch.zeros(3, 7).shape)
    test.raises(function() record:roi 'ROI_V9' end, "no region 'ROI_V9', expected one of LVC, ROI_LOC, ROI_V1")
  end)
end)

test.case('some regions only', function()
  scratch(function(path)
    local record = data.kamitani(path, {roi = {'ROI_LOC', 'ROI_V2'}})
    test.equal(record.responses[0]:tolist(), {31.0, 61.0, 71.0})
    test.equal(record.rois.ROI_LOC:tolist(), {1, 2})
    test.equal(record.rois.ROI_V2:tolist(), {0})
    test.equal(record.rois.ROI_V1, nil)
  end)
end)

test.case("standardised with the training trials' mean and standard deviation", function()
  scratch(function(path)
    local training = data.kamitani(path)
    local x = training.responses
    local expected = (x - x:mean(0)) / x:std(0)
    test.close(data.kamitani(path, {training = path}).responses, expected)
    test.close(data.kamitani(path, {training = training}).responses, expected)
    test.close(data.kamitani(path, {training = path, roi = 'ROI_V1'}).responses, expected[':, :2'])
    test.raises(function() data.kamitani(path, {training = training, roi = 'ROI_V1'}) end,
      'expected the 7 voxels of the training trials, found 2')
  end)
end)

test.case('what is wrong with a file', function()
  local function refused(change, text)
    scratch(function(path) test.raises(function() data.kamitani(path) end, text) end, change)
  end
  refused(function(t) t.metadata.key = {'a', 'b'} end, 'metadata/value: expected (2 keys, 10 columns)')
  refused(function(t) t.metadata.key = {table.unpack(keys)} t.metadata.key[1] = 'x' end, "expected 'VoxelData'")
  refused(function(t) t.dataset = t.dataset:float() end, 'dataset: expected float64 (trials, columns), found float32')
  refused(function(t) t.dataset[':, 9'] = 5 end, 'expected a column of stimulus ids')
  refused(function(t) t.metadata = nil end, "no 'metadata/key'")
  test.raises(function() data.kamitani('x.h5', {rois = 1}) end, "unknown option 'rois'")
end)
