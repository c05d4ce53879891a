-- rsa.evaluate_folds: models that were fitted, each fold's conditions compared with the RDM that was made without them.
local native = require 'brain.rsa.native'
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local named = require 'brain.rsa.named'
local rdms = require 'brain.rsa.rdms'
local draws = require 'brain.rsa.draws'

local float64 = {dtype = 'float64'}

local function fail(text, ...) error(('evaluate_folds: ' .. text):format(...), 0) end

-- The folds as lists of 0-based numbers.
local function places_of(folds, data)
  if type(folds) ~= 'table' or is_tensor(folds) or #folds == 0 then fail('folds: expected a list of folds, each a list of conditions') end
  local places = {}
  for f, fold in ipairs(folds) do places[f] = data:places(fold) end
  return places
end

-- Names in order, and the models with one RDM for every fold or one for all.
local function model_list(models, data, folds)
  if type(models) ~= 'table' or getmetatable(models) or next(models) == nil then
    fail 'models: expected a table name -> RDMs, one for each fold'
  end
  local names, list = named(models, data, 'evaluate_folds')
  for i, name in ipairs(names) do
    if #list[i] ~= 1 and #list[i] ~= folds then
      fail("models: '%s': expected one RDM for each of %d folds, or one, got %d", name, folds, #list[i])
    end
  end
  return names, list
end

-- Counts are those of all conditions, so that folds share their draws.
-- -> [draws, models], [draws, models, subjects], [draws, 2], [draws, models, folds]
local function similarity(list, data, places, conditions, subjects, method, control)
  local values, each, ceilings = {}, {}, {}
  for f, fold in ipairs(places) do
    local models = {}
    for i, model in ipairs(list) do models[i] = (#model == 1 and model or model:select {f - 1}):subset(fold).condensed end
    values[f], each[f], ceilings[f] = native.evaluate(torch.cat(models, 0), data:subset(fold).condensed,
      conditions:index_select(1, torch.tensor(fold)), subjects, method, control and native.subset(control, fold), #data > 1,
      'evaluate_folds')
  end
  values = torch.stack(values, -1)
  return values:nanmean(-1), torch.stack(each, -1):nanmean(-1), torch.stack(ceilings, -1):nanmean(-1), values
end

return function(models, data, options)
  local o = read_options('evaluate_folds', options, {folds = read_options.none, method = 'spearman', over = 'both', samples = 1000,
    control = false, seed = 0, confidence = 0.95})
  read_options.at_least_one('evaluate_folds', 'samples', o.samples)
  data = rdms.of(data, 'evaluate_folds: rdms')
  local factors = draws.factors('evaluate_folds', o.over, #data)
  if rdms.pairs_differ(data) then
    fail 'expected subjects with the same pairs of conditions; where they differ rsa.evaluate compares each on its own'
  end
  local places = places_of(o.folds, data)
  local names, list = model_list(models, data, #places)
  local control = o.control and rdms.aligned(data, rdms.of(o.control, 'evaluate_folds: control'), 'evaluate_folds').condensed
  local conditions, subjects = draws.counts(factors, o.samples, data.n, #data, o.seed)
  local function scores(control_rdms)
    local once = {torch.ones({1, data.n}, float64), torch.ones({1, #data}, float64)}
    local mean, each, ceiling, per_fold = similarity(list, data, places, once[1], once[2], o.method, control_rdms)
    local sampled = similarity(list, data, places, conditions, subjects, o.method, control_rdms)
    return {names = names, mean = mean[0], per_subject = each[0], per_fold = per_fold[0], ceiling = ceiling[0], draws = sampled,
      interval = draws.interval(sampled, o.confidence)}
  end
  local result = scores(nil)
  if control then result.partial = scores(control) end
  return result
end
