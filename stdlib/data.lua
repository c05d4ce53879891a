-- data: what is read, as data sets and records.
local blame = require 'brain.blame'
local dataset = require 'brain.dataset'
local images = require 'brain.data.images'
local read_options = require 'brain.options'
local public = blame.wrap

local data = {simulate = {}}

-- data.tensors{image = t, target = u, labels = list}: columns of equal length, samples along the first axis.
function data.tensors(columns)
  if type(columns) ~= 'table' then blame.raise(('tensors: expected a table of columns, got %s'):format(type(columns))) end
  return dataset.new(columns, {labels = columns.labels and 'labels' or nil})
end

data.loader = require('brain.loader').new
data.things_eeg2 = require('brain.data.things_eeg2').read
data.things_eeg2_subjects = require('brain.data.things_eeg2').subjects
data.simulate.things_eeg2 = require 'brain.data.simulate_things_eeg2'
data.rdm_file = public(require 'brain.data.rdm_file')
for name, read in pairs(require 'brain.data.peers') do data[name] = public(read) end  -- rsatoolbox, net2brain, features
data.rdm_study = public(require 'brain.data.rdm_study')
data.rsa92 = public(require 'brain.data.rsa92')
data.kamitani = require 'brain.data.kamitani'
data.betas = public(require 'brain.data.betas')
local behaviour = require 'brain.data.behaviour'
data.triplets, data.ratings = public(behaviour.triplets), public(behaviour.ratings)
data.arrangements = public(behaviour.arrangements)
data.kamitani_files = blame.wrap(require 'brain.data.kamitani_files')
data.objectome = blame.wrap(require 'brain.data.objectome')
data.model_vs_human = blame.wrap(require 'brain.data.model_vs_human')
data.simulate.kamitani = blame.wrap(require 'brain.data.simulate_kamitani')
data.simulate.objectome = blame.wrap(require 'brain.data.simulate_objectome')
data.trials = require 'brain.data.trials'
data.transform, data.image_column, data.image_files = images.transform, images.image_column, images.image_files

-- data.images(folder or list of files, {transform =, threads =, prefetch =, cache =}) -> data set with the columns image,
-- path, concept (the picture's folder) and labels (its name without the extension).
function data.images(source, options)
  local how = read_options('images', options, {transform = read_options.none, threads = read_options.none,
    prefetch = read_options.none, cache = read_options.none})
  local paths, concepts = source, {}
  if type(source) == 'string' then paths, concepts = images.image_files(source) end
  local labels = {}
  for i, path in ipairs(paths) do
    concepts[i] = concepts[i] or path:match '([^/]*)/[^/]*$' or ''
    labels[i] = path:match '([^/]*)%.[^./]*$' or path
  end
  local columns = {image = images.image_column(paths, how), path = paths, concept = concepts, labels = labels}
  return dataset.new(columns, {order = {'image', 'path', 'concept', 'labels'}, labels = 'labels'})
end

return data
