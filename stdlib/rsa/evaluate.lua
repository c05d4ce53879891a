-- rsa.evaluate: how well model RDMs explain the RDMs of subjects, with intervals over subjects and conditions.
local native = require 'brain.rsa.native'
local resample = require('brain.stats.native').resample
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local model = require 'brain.rsa.model'
local fitted = require 'brain.rsa.models'
local dual = require 'brain.rsa.dual'
local frame = require 'brain.frame'
local student = require 'brain.stats.native'

local Evaluation = {}
local meta = {__index = Evaluation, __name = 'Evaluation'}

local float64 = {dtype = 'float64'}

-- Names, RDMs and fits of the models: RDMs (each one is a model), or a table name -> RDMs or a model to be fitted.
local function model_list(models, data)
  if type(models) ~= 'table' or getmetatable(models) then
    local all = rdms.aligned(data, rdms.of(models, 'evaluate: models'), 'evaluate')
    local names, list = {}, {}
    for i = 1, #all do names[i], list[i] = ('model %d'):format(i - 1), all:select{i - 1} end
    return names, list, {}
  end
  local names, list, fits = {}, {}, {}
  for name in pairs(models) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for i, name in ipairs(names) do
    local given = models[name]
    if model.is(given) then given, fits[i] = given.rdms, given end
    list[i] = rdms.aligned(data, rdms.of(given, ("evaluate: models: '%s'"):format(name)), 'evaluate')
  end
  if #names == 0 then error('evaluate: models: expected at least one', 0) end
  return names, list, fits
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
  local names, list, fits = model_list(models, data)
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
  local variance = o.interval == 'dual'
  if o.interval ~= 'percentile' and not variance then
    error(("evaluate: interval: expected percentile or dual, got '%s'"):format(tostring(o.interval)), 0)
  end
  if (variance or o.crossvalidate) and (nested or o.over ~= 'both') then
    error("evaluate: interval = 'dual' and crossvalidate resample both factors, and do not go with select = 'nested'", 0)
  end
  if o.crossvalidate and o.control then error('evaluate: crossvalidate: control is not known there', 0) end
  if next(fits) and not o.crossvalidate then
    error("evaluate: a model fitted to the data it is tested on always wins: crossvalidate = true", 0)
  end
  for i, model in ipairs(list) do
    if #model > 1 and not nested and not fits[i] then
      error(("evaluate: models: '%s' has %d RDMs; select = 'nested' chooses among them"):format(names[i], #model), 0)
    end
  end
  local all, first = stacked(list)
  local condition_counts = draws(factors[1], o.samples, conditions, o.seed, 0)
  local subject_counts = draws(factors[2], o.samples, subjects, o.seed, 1)
  local control = o.control and rdms.aligned(data, rdms.of(o.control, 'evaluate: control'), 'evaluate').condensed

  -- Draws [samples, repeats, models] and ceilings [samples, repeats, 2], cross-validated or not.
  local folds
  if o.crossvalidate then
    folds = read_options('evaluate: crossvalidate', o.crossvalidate ~= true and o.crossvalidate or nil,
      {conditions = 0, subjects = 0, repeats = 2})
    folds.seed = o.seed + 1
    if folds.repeats < 2 then
      error('evaluate: crossvalidate: repeats: expected at least 2, to tell them from sampling', 0)
    end
  end
  local function resampled(condition_counts, subject_counts, control)
    if folds then
      local specs = {}
      for i in ipairs(list) do
        specs[i] = fits[i] and model.spec(fits[i], first[i]) or {first = first[i], count = 1, kind = 'fixed'}
      end
      return fitted.crossvalidated(specs, all, data.condensed, condition_counts, subject_counts, o.method, folds)
    end
    local similarity, _, ceilings = native.evaluate(all, data.condensed, condition_counts, subject_counts, o.method,
      control, subjects > 1)
    return similarity:unsqueeze(1), ceilings:unsqueeze(1)
  end

  -- The three bootstraps and what follows: t intervals on min(subjects, conditions) - 1 degrees of freedom.
  local function dual_scores(control)
    local ones = {torch.ones({o.samples, conditions}, float64), torch.ones({o.samples, subjects}, float64)}
    local result, covariances, m = {df = math.min(subjects, conditions) - 1}, {}, #list
    for k, counts in ipairs{{condition_counts, subject_counts}, {ones[1], subject_counts}, {condition_counts, ones[2]}} do
      local draws, ceilings = resampled(counts[1], counts[2], control)
      local bounded = not ceilings:select(2, 0):isnan():all():item()  -- one fold of subjects has no lower ceiling
      covariances[k], result.valid = dual.covariance(bounded and torch.cat({draws, ceilings}, 2) or draws)
      if k == 1 then result.draws, result.ceiling_draws = draws:mean(1), ceilings:mean(1) end
    end
    result.covariances = covariances
    local point, ceiling = resampled(ones[1]:narrow(0, 0, folds and math.min(o.samples, 10) or 1),
      ones[2]:narrow(0, 0, folds and math.min(o.samples, 10) or 1), control)
    result.mean, result.ceiling = point:mean{dim = {0, 1}}, ceiling:mean{dim = {0, 1}}
    result.variance, result.difference_variance, result.ceiling_variance =
      dual.variances(covariances[1], covariances[2], covariances[3], m, subjects, conditions)
    result.components = dual.components(covariances[1], covariances[2], covariances[3], m, subjects, conditions)
    local half = result.variance:sqrt() * student.student_t_quantile((1 - o.confidence) / 2, result.df)
    result.interval = torch.stack({result.mean - half, result.mean + half}, 1)
    result.ceiling_interval = interval(result.ceiling_draws, o.confidence)
    return result
  end

  local function scores(control)
    if variance or folds then return dual_scores(control) end
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
  result.models, result.cross_validated = list, folds ~= nil
  result.samples, result.confidence = o.samples, o.confidence
  result.subjects, result.conditions = subjects, conditions
  result.warnings = {}
  if factors[2] and subjects < 5 then
    result.warnings[#result.warnings + 1] =
      ('%d subjects are too few to resample: intervals over them are too narrow'):format(subjects)
  end
  if result.variance and result.variance:isnan():any():item() then
    result.warnings[#result.warnings + 1] =
      ('%d samples are too few to tell the variance of sampling from that of dealing out folds'):format(o.samples)
  end
  return result
end

-- Student's t of the corrected variances: pairs two-sided, above 0 one-sided, each model against the lower ceiling.
local function t_tests(e)
  local df = torch.full({}, e.df, float64)
  local function two_sided(difference, variance)
    return (2 * student.student_t_above(difference:abs() / variance:sqrt(), df)):masked_fill(difference:eq(0), 1)
  end
  local pairs_p = two_sided(e.mean:unsqueeze(1) - e.mean:unsqueeze(0), e.difference_variance)
  local ceiling = e.ceiling_variance.shape[2] > 0
    and two_sided(e.mean - e.ceiling[0], e.ceiling_variance:select(1, 0)) or nil
  return pairs_p, student.student_t_above(e.mean / e.variance:sqrt(), df), ceiling
end

-- p of every pair of models (their difference, two-sided) and of every model against 0 (one-sided): the share
-- of samples on the other side, counted with the observed one. [models, models], [models].
function Evaluation:tests()
  if self.variance then return t_tests(self) end
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

-- A row for each model: mean, interval, p against 0, with a corrected variance also its root and p against the ceiling,
-- and what is left when the control is partialled out.
function Evaluation:table()
  local _, zero_p, ceiling_p = self:tests()
  local columns = {{'model', self.names}, {'mean', self.mean}, {'low', column(self.interval, 0)},
    {'high', column(self.interval, 1)}, {'p', zero_p}}
  local function add(name, values) columns[#columns + 1] = {name, values} end
  if self.variance then add('standard_error', self.variance:sqrt()) end
  if ceiling_p then add('p_ceiling', ceiling_p) end
  if self.partial then
    add('partial_mean', self.partial.mean)
    add('partial_low', column(self.partial.interval, 0))
    add('partial_high', column(self.partial.interval, 1))
  end
  return frame.new(columns)
end

function Evaluation:summary()
  local lines = {('%s, %d samples over %s, %g%% intervals%s'):format(self.method, self.samples,
    self.over == 'both' and 'subjects and conditions' or self.over, 100 * self.confidence,
    self.variance and ' of the corrected variance' or '')}
  local lower, upper = column(self.ceiling, 0):item(), column(self.ceiling, 1):item()
  if lower == lower then lines[1] = lines[1] .. ('; noise ceiling %.3f to %.3f'):format(lower, upper) end
  for i, name in ipairs(self.names) do
    local function text(part)
      return ('%.3f [%.3f, %.3f]'):format(part.mean[i - 1]:item(), part.interval[{i - 1, 0}]:item(),
        part.interval[{i - 1, 1}]:item())
    end
    lines[#lines + 1] = ('%s: %s%s'):format(name, text(self), self.partial and ', partial ' .. text(self.partial) or '')
  end
  for _, warning in ipairs(self.warnings or {}) do lines[#lines + 1] = 'Warning: ' .. warning end
  return table.concat(lines, '\n')
end

-- Writes what rsatoolbox.inference.load_results and data.rsatoolbox read (.h5).
function Evaluation:save(path) require('brain.rsa.save').evaluation(self, path) end

function meta:__tostring() return self:summary() end

return function(models, data, options)
  return evaluate(models, data, read_options('evaluate', options, {method = 'spearman', over = 'both', samples = 1000,
    control = false, select = false, seed = 0, confidence = 0.95, interval = 'percentile', crossvalidate = false}))
end
