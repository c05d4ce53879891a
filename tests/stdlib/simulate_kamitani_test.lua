-- data.simulate.kamitani: its files through data.kamitani, and what its regions see.
local test = require 'brain.test'

if not test.has 'hdf5' then
  test.case('a build without HDF5', function() test.raises(function() file.save('x.h5', {}) end, 'this build has no HDF5') end)
  return
end

local simulator = require 'brain.data.simulator'

test.case('files that the reader takes, of pictures that are there', function()
  test.in_folder(function(root)
    local how = {subjects = 2, pictures = 30, repetitions = 6, voxels = 30, size = 32, signal = 1, seed = 5}
    test.equal(data.simulate.kamitani(root, how), root)
    local record = data.kamitani(root .. '/sub-02_perceptionNaturalImageTest_original_VC.h5')
    test.equal(record.subject, 'sub-02')
    test.equal(record.responses.shape, torch.zeros(180, 150).shape)
    test.equal(record.run[{torch.tensor {0, 30, 179}}]:tolist(), {1, 2, 6})
    local x, labels = record:roi 'ROI_LOC'
    test.equal(labels[3], 'n02000003_1')
    test.equal(x.shape, torch.zeros(30, 30).shape)
    for _, label in ipairs(labels) do test.equal(file.load(('%s/images/%s.jpg'):format(root, label)).shape[1], 32) end
    -- LOC's dissimilarities follow the late stage more than V1's do, and V1's the early one
    local concepts = 1000000 + torch.arange(30)
    local pixels, factors = simulator.pictures(5, concepts, concepts * 1000 + 1, 8, 32)
    local components = simulator.components(pixels, factors, 30, 5)
    local function agreement(region, first)
      return rsa.compare(rsa.rdm((record:roi(region))), rsa.rdm(components:narrow(1, first, 16)))[{0, 0}]:item()
    end
    test.truthy(agreement('V1', 0) > agreement('LOC', 0) + 0.1)
    test.truthy(agreement('LOC', 32) > agreement('V1', 32) + 0.1)
    data.simulate.kamitani(root, how)
    how.signal = 2
    test.raises(function() data.simulate.kamitani(root, how) end, 'holds another simulation (signal is 1')
    test.raises(function() data.simulate.kamitani(root .. '/images', how) end, 'expected a new or empty folder')
    test.raises(function() data.simulate.kamitani(root, {subjects = 0}) end, 'subjects: expected an integer of at least 1, got 0')
  end)
end)
