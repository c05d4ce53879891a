-- A made-up fMRI study in the files of Shen et al. (kamitani.lua reads both): drawn pictures that no simulated
-- THINGS-EEG2 of this seed shows, and voxels that see the hidden network behind its EEG.
local eeg = require 'brain.data.eeg'
local file = require 'brain.file'
local read_options = require 'brain.options'
local simulator = require 'brain.data.simulator'
local torch = require 'brain.torch'

local defaults = {subjects = 3, pictures = 50, repetitions = 24, voxels = 60, size = 96, categories = 8, signal = 0.35,
  noise = 1, seed = 0}

-- What each region sees of the hidden network's early, mid and late stage.
local regions = {{'ROI_V1', {1, 0.2, 0}}, {'ROI_V2', {0.9, 0.5, 0.1}}, {'ROI_V3', {0.6, 0.8, 0.2}},
  {'ROI_hV4', {0.3, 1, 0.5}}, {'ROI_LOC', {0.1, 0.5, 1}}}

local first_concept = 1000000  -- beyond those of any simulated THINGS-EEG2
local first_id = 2000001       -- of WordNet, by which the files name pictures: concept i, picture 1

local function label_of(i) return ('n%08d_%d'):format(first_id + i, 1) end

-- One subject's file: trials by columns, and which columns are what.
local function write(path, trials, o)
  local n, width = o.pictures * o.repetitions, #regions * o.voxels
  local run = torch.arange(1, o.repetitions + 1):double():repeat_interleave(o.pictures):unsqueeze(1)
  local ids = (first_id + torch.arange(o.pictures):double() + 1e-6):tile {o.repetitions}:unsqueeze(1)
  local columns = torch.cat({torch.cat(trials, 2):reshape(n, width), torch.ones_like(run), run, ids}, 1)
  local keys, value = {'VoxelData'}, torch.full({#regions + 4, width + 3}, 0 / 0, {dtype = 'float64'})
  value[0]:narrow(0, 0, width):fill_(1)
  for r, region in ipairs(regions) do
    keys[r + 1] = region[1]
    value[r]:narrow(0, (r - 1) * o.voxels, o.voxels):fill_(1)
  end
  for k, key in ipairs {'Session', 'Run', 'stimulus_name'} do
    keys[#keys + 1] = key
    value[{#keys - 1, width + k - 1}] = 1
  end
  file.save(path, {dataset = columns, metadata = {key = keys, description = keys, value = value}})
end

local function simulate(root, o)
  local concepts = first_concept + torch.arange(o.pictures)
  local pixels, factors = simulator.pictures(o.seed, concepts, concepts * 1000 + 1, o.categories, o.size)
  local components = simulator.components(pixels, factors, o.pictures, o.seed)
  eeg.make_folders(root .. '/images')
  for i = 0, o.pictures - 1 do file.save(('%s/images/%s.jpg'):format(root, label_of(i)), pixels[i], {quality = 95}) end
  for subject = 1, o.subjects do
    torch.scope(function()
      local trials = {}
      for r, region in ipairs(regions) do
        trials[r] = simulator.voxels(components, o.seed, subject, r, region[2], o.voxels, o.repetitions, o.signal, o.noise)
      end
      write(('%s/sub-%02d_perceptionNaturalImageTest_original_VC.h5'):format(root, subject), trials, o)
    end)
  end
  file.save(root .. '/simulation.json', {options = o})
end

-- data.simulate.kamitani(root, options) -> root; see help 'data.simulate.kamitani'.
return function(root, options)
  local o = read_options('simulate.kamitani', options, defaults)
  for _, name in ipairs {'subjects', 'pictures', 'repetitions', 'voxels', 'size', 'categories'} do
    read_options.at_least_one('simulate.kamitani', name, o[name])
  end
  require 'brain.data.simulated'('simulate.kamitani', root, o, simulate)
  return root
end
