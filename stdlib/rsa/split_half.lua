-- rsa.split_half: the noise ceiling of one subject, from RDMs of two halves of its trials.
local native = require 'brain.rsa.native'
local similarity = require 'brain.rsa.similarity'
local permutation = require('brain.stats.native').permutation
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'
local distance = require 'brain.rsa.distance'
local numbered = require 'brain.rsa.design'
local rdms = require 'brain.rsa.rdms'

local split_half = {}

local SplitHalf = {}
local meta = {__index = SplitHalf, __name = 'SplitHalf'}

local function fail(text, ...) error(('split_half: ' .. text):format(...), 0) end

local canonical = {pearson = 'pearson', corr = 'pearson', correlation = 'pearson', spearman = 'spearman', cosine = 'cosine'}

-- Spearman and Brown's reliability [..., 2] of both halves together from the mean correlation r [...] of the halves, and its
-- root: what a replication and what the expected RDM would score. A correlation below 0 is one of 0.
local function ceilings_of(r)
  r = r:clamp{min = 0}
  local whole = 2 * r / (1 + r)
  return torch.stack({whole, whole:sqrt()}, -1)
end

-- Rows x [rows, features], the number of the condition and (or nil) of the fold of each row, and the conditions' labels.
local function rows_of(x, o, across)
  if x.ndim == 3 then
    if o.conditions or o.folds then
      fail('conditions, folds: expected x [rows, features] with them, got [repetitions, conditions, features] %s', tostring(x.shape))
    end
    local repetitions, conditions = x.shape[1], x.shape[2]
    local places = torch.arange(repetitions * conditions)
    return x:flatten(0, 1), places % conditions, across and places // conditions or nil, nil, conditions
  end
  if x.ndim ~= 2 or not o.conditions then
    fail('expected x [repetitions, conditions, features], or [rows, features] with conditions, got %s', tostring(x.shape))
  end
  local conditions, names = numbered(o.conditions, 'split_half', 'conditions', x.shape[1])
  if across and not o.folds then fail('%s: expected folds, the fold (run) of each row', o.distance) end
  return x, conditions, o.folds and numbered(o.folds, 'split_half', 'folds', x.shape[1]) or nil, names, #names
end

-- For each condition the places of its rows, in order.
local function rows_by(conditions, count)
  local rows = {}
  for c = 1, count do rows[c] = {} end
  for place, c in ipairs(conditions:tolist()) do table.insert(rows[c + 1], place - 1) end
  return rows
end

-- split -> the rows of two halves. The trials of each condition are dealt by themselves. Of odd numbers the first half has one
-- more in every other split, of all conditions alike: what noise adds to dissimilarities must not differ within a half.
local function dealer_of_trials(rows, labels, seed)
  for c, list in ipairs(rows) do
    if #list < 2 then fail("condition '%s': expected at least 2 trials, got %d", tostring(labels and labels[c] or c - 1), #list) end
  end
  return function(split)
    local halves = {{}, {}}
    for c, list in ipairs(rows) do
      local count = (#list + split % 2) // 2
      for k, place in ipairs(permutation(seed, (split - 1) * #rows + c - 1, #list):tolist()) do
        table.insert(halves[k <= count and 1 or 2], list[place + 1])
      end
    end
    return halves
  end
end

-- The same of whole folds: trials of one fold (run) stay together.
local function dealer_of_folds(rows, folds, labels, seed, least)
  local of_row = folds:tolist()
  local count = folds:max():item() + 1
  if count < 2 * least then fail('folds: expected at least %d, got %d', 2 * least, count) end
  return function(split)
    local first = {}
    for k, fold in ipairs(permutation(seed, split - 1, count):tolist()) do
      if k <= (count + split % 2) // 2 then first[fold] = true end
    end
    local halves = {{}, {}}
    for c, list in ipairs(rows) do
      local seen = {{}, {}}
      for _, row in ipairs(list) do
        local fold = of_row[row + 1]
        local half = first[fold] and 1 or 2
        table.insert(halves[half], row)
        if not seen[half][fold] then seen[half][fold] = true; table.insert(seen[half], fold) end
      end
      if #seen[1] < least or #seen[2] < least then
        fail("condition '%s': expected it in %d folds of every half, so in every fold, or to be dealt without folds",
          tostring(labels and labels[c] or c - 1), least)
      end
    end
    return halves
  end
end

function split_half.split_half(x, options)
  local o = read_options('split_half', options, {conditions = false, folds = false, labels = false, distance = 'correlation',
    noise = false, method = 'spearman', splits = 20, seed = 0, prior_rate = 1, prior_weight = 0.1})
  read_options.at_least_one('split_half', 'splits', o.splits)
  local method = canonical[o.method]
  if not method then
    fail("method: expected pearson, spearman or cosine, got '%s': the step from halves to the whole (Spearman-Brown) is "
      .. 'derived for correlations', tostring(o.method))
  end
  if not is_tensor(x) then fail('x: expected a Tensor, got %s', type(x)) end
  if o.noise and not is_tensor(o.noise) then fail('noise: expected one precision, got %s', type(o.noise)) end
  local across = o.distance == 'crossnobis' or o.distance == 'poisson_cv'
  local rows, conditions, folds, names, count = rows_of(x, o, across)
  local labels = o.labels or names
  local by_condition = rows_by(conditions, count)
  local deal = folds and dealer_of_folds(by_condition, folds, labels, o.seed, across and 2 or 1)
    or dealer_of_trials(by_condition, labels, o.seed)
  local function rdm(half)
    local at = torch.tensor(half, {dtype = 'int64'})
    local part, of = rows:index_select(0, at), conditions:index_select(0, at)
    return distance.rdm(part, {distance = o.distance, conditions = of, folds = across and folds:index_select(0, at) or nil,
      noise = o.noise, prior_rate = o.prior_rate, prior_weight = o.prior_weight}).condensed
  end
  local first, second = {}, {}
  for split = 1, o.splits do
    first[split], second[split] = table.unpack(torch.scope(function()
      local halves = deal(split)
      return {rdm(halves[1]), rdm(halves[2])}
    end))
  end
  first, second = torch.cat(first, 0), torch.cat(second, 0)
  local each = similarity.compare(first, second, method):diagonal():clone()
  if each:isnan():any():item() then fail 'an RDM of a half is constant, or has fewer than 2 pairs that are not NaN' end
  local reliability = each:mean()
  local bounds = ceilings_of(reliability)
  local warnings = {}
  if reliability:item() <= 0 then
    warnings[#warnings + 1] = ('halves do not agree (mean correlation %.3f): the noise ceiling is given as 0'):format(
      reliability:item())
  end
  local least, most = math.huge, 0
  for _, list in ipairs(by_condition) do least, most = math.min(least, #list), math.max(most, #list) end
  if least < most and not across then
    warnings[#warnings + 1] = ('conditions have %d to %d trials: dissimilarities that grow with noise differ with them, alike in '
      .. 'both halves, so that the noise ceiling is too high'):format(least, most)
  end
  return setmetatable({reliability = reliability:item(), lower = bounds[0]:item(), upper = bounds[1]:item(), correlations = each,
    first = rdms.of(first, 'split_half', labels, across), second = rdms.of(second, 'split_half', labels, across),
    splits = o.splits, method = method, warnings = warnings}, meta)
end

function meta:__tostring()
  local lines = {('%s, %d splits: halves correlate %.3f; noise ceiling %.3f to %.3f'):format(self.method, self.splits,
    self.reliability, self.lower, self.upper)}
  for _, warning in ipairs(self.warnings) do lines[#lines + 1] = 'Warning: ' .. warning end
  return table.concat(lines, '\n')
end

-- The halves' RDMs with the conditions of the data of one subject, for rsa.evaluate.
function split_half.of_subject(halves, data, method)
  local function refuse(text, ...) error(('evaluate: halves: ' .. text):format(...), 0) end
  if getmetatable(halves) ~= meta then
    refuse('expected what rsa.split_half returns, got %s', is_tensor(halves) and 'a Tensor' or type(halves))
  end
  if #data ~= 1 then
    refuse('expected one subject, got %d: several have the ceiling of one left out of the others', #data)
  end
  if canonical[method] ~= halves.method then
    refuse("expected halves compared by the method of the models, got '%s' and '%s'", halves.method, tostring(method))
  end
  local first = rdms.aligned(data, halves.first, 'evaluate: halves').condensed
  return {first = first, second = rdms.aligned(data, halves.second, 'evaluate: halves').condensed, method = halves.method}
end

-- Ceilings [draws, 2] of halves from split_half.of_subject under counts [draws, conditions].
function split_half.ceilings(halves, counts)
  local splits = #halves.first
  local _, each = native.evaluate(halves.first, halves.second, counts, torch.ones({counts.shape[1], splits}, {dtype = 'float64'}),
    halves.method, nil, false, 'evaluate')
  return ceilings_of(each:diagonal{dim1 = 1, dim2 = 2}:mean(1))
end

return split_half
