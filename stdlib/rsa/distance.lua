-- rsa.rdm and the noise it takes: designs of trials, conditions and folds, covariances and precisions.
local native = require 'brain.rsa.similarity'
local numbered = require 'brain.rsa.design'
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local is_tensor = require('brain.native').is_tensor

local distance = {}

-- A precision, or a list of one for each fold, as a Tensor.
local function precision_of(given)
  if not given or is_tensor(given) then return given or nil end
  if type(given) ~= 'table' or #given == 0 then
    error(('rdm: noise: expected a precision, or a list of them for each fold, got %s'):format(type(given)), 0)
  end
  for i, each in ipairs(given) do
    if not is_tensor(each) or each.shape ~= given[1].shape then
      error(('rdm: noise: expected precisions of one shape in the list, got another at place %d'):format(i), 0)
    end
  end
  return torch.stack(given)
end

-- Dissimilarities by a function of two patterns that gives a number.
local function by_function(f, x)
  if x.ndim ~= 2 then
    error(('rdm: a function: expected patterns [conditions, features], got %s'):format(tostring(x.shape)), 0)
  end
  local n, values, rows = x.shape[1], {}, {}
  for i = 1, n do rows[i] = x[i - 1] end
  for i = 1, n do
    for j = i + 1, n do
      local value = f(rows[i], rows[j])
      if is_tensor(value) and value:numel() == 1 then value = value:item() end
      if type(value) ~= 'number' then
        error(('rdm: distance: expected a number from the function, got %s'):format(type(value)), 0)
      end
      values[#values + 1] = value
    end
  end
  return torch.tensor(values, {dtype = 'float64'})
end

local crossvalidated = {crossnobis = true, poisson_cv = true}

function distance.rdm(x, options)
  local o = read_options('rdm', options, {distance = 'correlation', labels = false, noise = false, conditions = false,
    folds = false, missing = false, prior_rate = 1, prior_weight = 0.1})
  if not is_tensor(x) then error(('rdm: x: expected a Tensor, got %s'):format(type(x)), 0) end
  local across = crossvalidated[o.distance]
  if o.noise and not across and o.distance ~= 'mahalanobis' then
    error("rdm: noise: expected distance 'mahalanobis' or 'crossnobis'", 0)
  end
  if o.folds and not across then error("rdm: folds: expected distance 'crossnobis' or 'poisson_cv'", 0) end
  if o.missing and (o.missing ~= 'pairwise' or type(o.distance) == 'function' or across or o.conditions) then
    error("rdm: missing: expected 'pairwise', with distances between rows without conditions or folds", 0)
  end
  local noise, labels, conditions, folds = precision_of(o.noise), o.labels or nil, nil, nil
  if o.noise and o.distance == 'poisson_cv' then error('rdm: noise: poisson_cv takes none', 0) end
  if o.conditions or o.folds then
    if x.ndim ~= 2 then error(('rdm: conditions: expected x [rows, features], got %s'):format(tostring(x.shape)), 0) end
    if not o.conditions then error('rdm: folds: expected conditions, the condition of each row, with them', 0) end
    local names
    conditions, names = numbered(o.conditions, 'rdm', 'conditions', x.shape[1])
    labels = labels or names
    if across then
      if not o.folds then error(('rdm: %s: expected folds, the fold (run) of each row'):format(o.distance), 0) end
      folds = numbered(o.folds, 'rdm', 'folds', x.shape[1])
    else
      x = native.condition_means(x, conditions)
    end
  elseif across and x.ndim ~= 3 then
    error(('rdm: %s: expected x [folds, conditions, features], or [rows, features] with conditions and folds, got %s')
      :format(o.distance, tostring(x.shape)), 0)
  end
  local condensed
  if type(o.distance) == 'function' then condensed = by_function(o.distance, x)
  elseif across then
    condensed = native.crossvalidated(x, conditions, folds, o.distance, noise, o.prior_rate, o.prior_weight)
  elseif o.missing then condensed = native.rdm_pairwise(x, o.distance)
  else
    condensed = native.rdm(x, o.distance, noise, o.prior_rate, o.prior_weight)
  end
  if condensed.ndim == 1 then condensed = condensed:unsqueeze(0) end
  return rdms.of(condensed, 'rdm', labels, across)
end

-- Covariance, shrinkage and degrees of freedom of the rows, or lists of them for each run.
local function covariances(owner, x, o)
  if not is_tensor(x) or x.ndim ~= 2 then
    error(('%s: expected x [rows, features], got %s'):format(owner, is_tensor(x) and tostring(x.shape) or type(x)), 0)
  end
  local groups = o.conditions and numbered(o.conditions, owner, 'conditions', x.shape[1])
  if not o.runs then return {{native.covariance(x, o.estimator, groups or nil, o.degrees or nil)}}, false end
  local runs, names = numbered(o.runs, owner, 'runs', x.shape[1])
  local results = {}
  for run = 1, #names do
    local rows = runs:eq(run - 1):nonzero():squeeze(1)
    local of_run = groups and numbered(groups:index_select(0, rows), owner, 'conditions', rows.shape[1])
    results[run] = {native.covariance(x:index_select(0, rows), o.estimator, of_run or nil, o.degrees or nil)}
  end
  return results, true
end

local noise_defaults = {estimator = 'schaefer_strimmer', conditions = false, runs = false, degrees = false}

-- A list of one column, or its only entry.
local function column(results, place, many)
  local list = {}
  for i, result in ipairs(results) do list[i] = result[place] end
  return many and list or list[1]
end

function distance.noise_covariance(x, options)
  local results, many = covariances('noise_covariance', x, read_options('noise_covariance', options, noise_defaults))
  local matrices = column(results, 1, many)
  local how = {shrinkage = column(results, 2, many), degrees = column(results, 3, many)}
  return many and torch.stack(matrices) or matrices, how
end

function distance.noise_precision(x, options)
  local results, many = covariances('noise_precision', x, read_options('noise_precision', options, noise_defaults))
  local matrices = column(results, 1, many)
  return native.precision(many and torch.stack(matrices) or matrices)
end

return distance
