-- rsa.evaluate: how well model RDMs explain the RDMs of subjects, with intervals over subjects and conditions.
local native = require 'brain.rsa.native'
local resample = require('brain.stats.native').resample
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'

local Evaluation = {}
local meta = {__index = Evaluation, __name = 'Evaluation'}

local float64 = {dtype = 'float64'}

-- Names and RDMs of the models: RDMs (each one is a model), or a table name -> RDMs.
local function model_list(models, data)
  if type(models) ~= 'table' or getmetatable(models) then
    local all = rdms.aligned(data, rdms.of(models, 'evaluate: models'), 'evaluate')
    local names, list = {}, {}
    for i = 1, #all do names[i], list[i] = ('model %d'):format(i - 1), all:select{i - 1} end
    return names, list
  end
  local names, list = {}, {}
  for name in pairs(models) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for i, name in ipairs(names) do
    list[i] = rdms.aligned(data, rdms.of(models[name], ("evaluate: models: '%s'"):format(name)), 'evaluate')
  end
  if #names == 0 then error('evaluate: models: expected at least one', 0) end
  return names, list
end

-- How often each of n things is drawn in each sample, [samples, n]; stream numbers keep the factors apart.
local function draws(drawn, samples, n, seed, factor)
  if not drawn then return torch.ones({samples, n}, float64) end
  local rows = {}
  for i = 1, samples do rows[i] = resample(seed, 2 * i + factor, n, n):bincount{minlength = n} end
  return torch.stack(rows):double()
end

-- Lower and upper ends of percentile intervals over axis 0, without NaN.
local function interval(samples, confidence)
  local tail = (1 - confidence) / 2
  return samples:nanquantile(torch.tensor({tail, 1 - tail}, float64), 0).T
end

-- Similarities of every candidate of every model: one tensor of all of them, and where each model's begin.
local function stacked(list)
  local parts, first, count = {}, {}, 0
  for i, model in ipairs(list) do
    parts[i], first[i] = model.condensed, count
    count = count + #model
  end
  return torch.cat(parts, 0), first
end

local function column(x, place) return x:select(x.ndim - 1, place) end

-- Per draw the candidate that is best on other conditions, and its similarity on the draw's: [draws], [draws].
local function chosen(similarity, elsewhere, first, count)
  local best = elsewhere:narrow(1, first, count):nan_to_num(-2):argmax{dim = 1, keepdim = true}
  return similarity:narrow(1, first, count):gather(1, best):squeeze(1), best:squeeze(1)
end

local function evaluate(models, data, o)
  read_options.at_least_one('evaluate', 'samples', o.samples)
  data = rdms.of(data, 'evaluate: rdms')
  local names, list = model_list(models, data)
  local subjects, conditions = #data, data.n
  local over = {both = {true, true}, subjects = {false, true}, conditions = {true, false}}
  local factors = over[o.over]
  if not factors then
    error(("evaluate: over: expected both, subjects or conditions, got '%s'"):format(tostring(o.over)), 0)
  end
  if factors[2] and subjects < 2 then
    error("evaluate: over: one subject cannot be resampled; use over = 'conditions'", 0)
  end
  local nested = o.select == 'nested'
  if o.select and not nested then
    error(("evaluate: select: expected nested, got '%s'"):format(tostring(o.select)), 0)
  end
  if nested and not factors[1] then
    error("evaluate: select = 'nested' chooses on the conditions a sample leaves out: over = 'both' or 'conditions'", 0)
  end
  for i, model in ipairs(list) do
    if #model > 1 and not nested then
      error(("evaluate: models: '%s' has %d RDMs; select = 'nested' chooses among them"):format(names[i], #model), 0)
    end
  end
  local all, first = stacked(list)
  local condition_counts = draws(factors[1], o.samples, conditions, o.seed, 0)
  local subject_counts = draws(factors[2], o.samples, subjects, o.seed, 1)
  local control = o.control and rdms.aligned(data, rdms.of(o.control, 'evaluate: control'), 'evaluate').condensed

  local function scores(control)
    local once = {torch.ones({1, conditions}, float64), torch.ones({1, subjects}, float64)}
    local ceilings_too = subjects > 1
    local point, each, ceiling = native.evaluate(all, data.condensed, once[1], once[2], o.method, control,
      ceilings_too)
    local sampled, _, ceilings = native.evaluate(all, data.condensed, condition_counts, subject_counts,
      o.method, control, ceilings_too)
    local result = {ceiling = ceiling[0], ceiling_interval = interval(ceilings, o.confidence), ceiling_draws = ceilings}
    if nested then
      local unseen = condition_counts:eq(0):double()
      local elsewhere = native.evaluate(all, data.condensed, unseen, subject_counts, o.method, control,
        false)
      local values, picks = {}, {}
      for i, model in ipairs(list) do values[i], picks[i] = chosen(sampled, elsewhere, first[i], #model) end
      result.draws, result.chosen = torch.stack(values, 1), torch.stack(picks, 1)
      result.mean = result.draws:nanmean(0)
    else
      result.draws, result.mean, result.per_subject = sampled, point[0], each[0]
    end
    result.interval = interval(result.draws, o.confidence)
    return result
  end

  local result = setmetatable(scores(nil), meta)
  if control then result.raw, result.partial = result, scores(control) end
  result.names, result.method, result.over = names, o.method, o.over
  result.samples, result.confidence = o.samples, o.confidence
  return result
end

-- p of every pair of models (their difference, two-sided) and of every model against 0 (one-sided): the share
-- of samples on the other side, counted with the observed one. [models, models], [models].
function Evaluation:tests()
  local draws, m = self.draws, #self.names
  local valid = draws:isnan():any(1):logical_not()
  draws = draws[valid]
  local n = draws.shape[1]
  local difference = draws:unsqueeze(2) - draws:unsqueeze(1)
  local below, above = difference:le(0):sum(0), difference:ge(0):sum(0)
  local pairs_p = (2 * (torch.minimum(below, above) + 1) / (n + 1)):clamp{max = 1}:double()
  pairs_p:fill_diagonal_(1)
  return pairs_p, ((draws:le(0):sum(0) + 1) / (n + 1)):double():view{m}
end

function Evaluation:summary()
  local lines = {('%s, %d samples over %s, %g%% intervals'):format(self.method, self.samples,
    self.over == 'both' and 'subjects and conditions' or self.over, 100 * self.confidence)}
  local lower, upper = column(self.ceiling, 0):item(), column(self.ceiling, 1):item()
  if lower == lower then lines[1] = lines[1] .. ('; noise ceiling %.3f to %.3f'):format(lower, upper) end
  for i, name in ipairs(self.names) do
    local function text(part)
      return ('%.3f [%.3f, %.3f]'):format(part.mean[i - 1]:item(), part.interval[{i - 1, 0}]:item(),
        part.interval[{i - 1, 1}]:item())
    end
    lines[#lines + 1] = ('%s: %s%s'):format(name, text(self), self.partial and ', partial ' .. text(self.partial) or '')
  end
  return table.concat(lines, '\n')
end

function meta:__tostring() return self:summary() end

return function(models, data, options)
  return evaluate(models, data, read_options('evaluate', options, {method = 'spearman', over = 'both', samples = 1000,
    control = false, select = false, seed = 0, confidence = 0.95}))
end
