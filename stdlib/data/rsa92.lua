-- data.rsa92: 92 photographs of objects with RDMs of human and monkey inferior temporal cortex (Kriegeskorte et al., Neuron
-- 2008), of judged similarity (Mur et al., Frontiers in Psychology 2013), and of human early visual and inferior temporal
-- cortex (Cichy, Pantazis and Oliva, Nature Neuroscience 2014), in one HDF5 file.
local core = require 'brain.core'
local file = require 'brain.file'
local ordered = require 'brain.ordered'
local rdm_study = require 'brain.data.rdm_study'

local pictures, pairs_of_pictures = 92, 4186
local source = "the pictures and RDMs are in rsatoolbox's demos/92imageData and in Net2Brain-App's data_rdm/92images"

-- name, path below rdm/, axes before the pairs
local measured = {
  {'human IT', 'kriegeskorte2008/human_IT_subjects_sessions', {4, 2}},
  {'monkey IT', 'kriegeskorte2008/monkey_IT_674neurons', {}},
  {'behaviour', 'mur2013/behaviour_16subjects', {16}},
  {'Cichy EVC', 'cichy2014/fmri_EVC_15subjects', {15}},
  {'Cichy IT', 'cichy2014/fmri_IT_15subjects', {15}},
}

local function fail(...) error(('rsa92: ' .. table.concat {...}), 0) end

local function read(h, path, key, shape)
  local ok, array = pcall(h.get, h, key)
  if not ok or type(array) == 'table' then fail(path, ': expected the data set ', key, '; ', source) end
  local found = array.shape
  local fits = #found == #shape
  for i, size in ipairs(shape) do fits = fits and (size == false or found[i] == size) end
  if not fits then
    local expected = {}
    for i, size in ipairs(shape) do expected[i] = size and tostring(size) or 'any' end
    fail(('%s: %s: expected (%s), found %s'):format(path, key, table.concat(expected, ', '), tostring(found)))
  end
  return array:read()
end

-- A list of texts, one for each picture, made distinct by numbers: 'human face 3'.
local function labels_of(categories)
  local count, labels = {}, {}
  for i, category in ipairs(categories) do
    count[category] = (count[category] or 0) + 1
    labels[i] = ('%s %d'):format(category, count[category])
  end
  return labels
end

-- rsa92(root) -> study as data.rdm_study makes it; root: the folder with rsa92.h5, or that file.
return function(root)
  if type(root) ~= 'string' then fail('root: expected the folder that holds rsa92.h5, got ', type(root)) end
  local path = core.exists(root) == 'folder' and root .. '/rsa92.h5' or root
  if core.exists(path) ~= 'file' then fail(path, ': no such file; ', source) end
  local h <close> = file.open(path)
  local categories = h:get 'labels/category'
  if type(categories) ~= 'table' or #categories ~= pictures then fail(path, ': labels/category: expected 92 texts') end
  local animal = read(h, path, 'labels/animal', {pictures}):tolist()
  local animacy = {}
  for i, yes in ipairs(animal) do animacy[i] = yes == 1 and 'animate' or 'inanimate' end
  local sets, names = {}, {}
  for i, entry in ipairs(measured) do
    local shape = {table.unpack(entry[3])}
    shape[#shape + 1] = pairs_of_pictures
    local x = read(h, path, 'rdm/' .. entry[2], shape):double()
    sets[entry[1]], names[i] = #shape == 3 and x:mean(1) or x:view(-1, pairs_of_pictures), entry[1]
  end
  local models = {}
  for _, key in ipairs(h:keys 'rdm/models') do
    if key ~= 'monkeyIT' then models[key] = read(h, path, 'rdm/models/' .. key, {pairs_of_pictures}):double() end
  end
  return rdm_study {
    images = read(h, path, 'images/gray_175', {pictures, false, false, 3}), labels = labels_of(categories),
    groups = ordered({categories = categories, animacy = animacy}, {'categories', 'animacy'}),
    rdms = ordered(sets, names), models = models,
  }
end
