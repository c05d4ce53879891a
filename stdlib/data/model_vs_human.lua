-- data.model_vs_human: the 17 sets of distorted pictures of Geirhos et al. (NeurIPS 2021) and people's decisions, as the
-- authors' repository has them: root/raw-data/SET/*subject-*.csv, root/datasets/SET/dnn/session-*/PICTURE.png.
local core = require 'brain.core'
local entries = require('brain.data.eeg').entries
local images = require 'brain.data.images'
local read_options = require 'brain.options'
local trials = require 'brain.data.trials'

-- Conditions that are left out of error consistency: undistorted, or too hard to be told from chance.
local exclude = {
  colour = {'cr'}, contrast = {'c100', 'c03', 'c01'}, ['high-pass'] = {'inf', '0.55', '0.45', '0.4'},
  ['low-pass'] = {'0', '15', '40'}, ['phase-scrambling'] = {'0', '150', '180'}, ['power-equalisation'] = {'0'},
  ['false-colour'] = {'true'}, rotation = {'0'}, eidolonI = {'1-10-10', '64-10-10', '128-10-10'},
  eidolonII = {'1-3-10', '32-3-10', '64-3-10', '128-3-10'},
  eidolonIII = {'1-0-10', '16-0-10', '32-0-10', '64-0-10', '128-0-10'}, ['uniform-noise'] = {'0.00', '0.60', '0.90'},
}

local function fail(...) error(('model_vs_human: ' .. table.concat {...}), 0) end

-- NUMBER_EXPERIMENT_SESSION_CONDITION_CATEGORY_CLASS_IMAGE: the category, and the whole name.
local function pictures(folder)
  local found = {files = {}, decided = {category = {}, imagename = {}}}
  for i, path in ipairs((images.image_files(folder))) do
    local name = path:match '[^/]*$'
    local category = name:match '^[^_]*_[^_]*_[^_]*_[^_]*_([^_]*)_'
    if not category then fail(path, ': expected a name such as 0001_edg_dnn_0_airplane_10_airplane4.png') end
    found.files[i], found.decided.category[i], found.decided.imagename[i] = path, category, name
  end
  return found
end

return function(root, options)
  local o = read_options('model_vs_human', options, {pictures = true})
  if type(root) ~= 'string' then fail('root: expected a path, got ', type(root)) end
  local sets = {}
  for _, name in ipairs(entries(root .. '/raw-data') or {}) do
    local paths = {}
    for _, entry in ipairs(entries(('%s/raw-data/%s'):format(root, name)) or {}) do
      if entry:find 'subject%-.*%.csv$' then paths[#paths + 1] = ('%s/raw-data/%s/%s'):format(root, name, entry) end
    end
    local folder = ('%s/datasets/%s/dnn'):format(root, name)
    if #paths > 0 and (not o.pictures or core.exists(folder)) then
      local set = o.pictures and pictures(folder) or {}
      set.name, set.trials, set.exclude = name, trials(paths), exclude[name] or {}
      sets[#sets + 1] = set
    end
  end
  if #sets == 0 then
    fail(root, ': expected raw-data/SET/*subject-*.csv', o.pictures and ' and datasets/SET/dnn/session-1/*.png' or '',
      ' as in github.com/bethgelab/model-vs-human')
  end
  return sets
end
