-- rsa.variance_partition: which models explain the variance of subjects' RDMs alone, and which together (commonality analysis,
-- Newton and Spurrell 1967; of RDMs Groen et al. 2018), from correlations between RDMs alone.
local native = require 'brain.rsa.native'
local read_options = require 'brain.options'
local draws = require 'brain.rsa.draws'
local dual = require 'brain.rsa.dual'
local named = require 'brain.rsa.named'
local rdms = require 'brain.rsa.rdms'
local partition = require 'brain.rsa.partition'

local float64 = {dtype = 'float64'}

local function fail(text, ...) error(('variance_partition: ' .. text):format(...), 0) end

-- A model that is constant, or that others (or the control) make up, has no part of its own.
local function check_models(names, correlations, controlled)
  local m = #names
  for i = 0, m - 1 do
    if correlations[{i, i}]:isnan():item() then
      fail("models: '%s' is constant%s", names[i + 1], controlled and ' or follows from control' or '')
    end
  end
  local values, vectors = torch.linalg.eigh(correlations)
  if values[0]:item() > partition.tolerance then return end
  local mixed = {}
  for i, name in ipairs(names) do
    if math.abs(vectors[{i - 1, 0}]:item()) > 1e-3 then mixed[#mixed + 1] = ("'%s'"):format(name) end
  end
  fail('models: %s are the same, or mixtures of one another: what each explains by itself cannot be told',
    table.concat(mixed, ', '))
end

return function(models, data, options)
  local o = read_options('variance_partition', options, {method = 'spearman', over = 'both', samples = 1000, control = false,
    seed = 0, confidence = 0.95, interval = 'percentile'})
  read_options.at_least_one('variance_partition', 'samples', o.samples)
  if o.method ~= 'pearson' and o.method ~= 'spearman' then
    fail("method: expected pearson or spearman, got '%s': parts are of the variance of dissimilarities or of their ranks",
      tostring(o.method))
  end
  local corrected = o.interval == 'dual'
  if o.interval ~= 'percentile' and not corrected then
    fail("interval: expected percentile or dual, got '%s'", tostring(o.interval))
  end
  if corrected and o.over ~= 'both' then fail "interval = 'dual' resamples both factors: over = 'both'" end
  data = rdms.of(data, 'variance_partition: rdms')
  local names, list, fits = named(models, data, 'variance_partition')
  local parts = {}
  for i, model in ipairs(list) do
    if fits[i] or #model ~= 1 then fail("models: '%s': expected one RDM, got %d", names[i], #model) end
    parts[i] = model.condensed
  end
  local m, subjects, conditions = #names, #data, data.n
  if m < 2 or m > 6 then fail('models: expected 2 to 6, got %d', m) end
  local factors = draws.factors('variance_partition', o.over, subjects)
  local control = o.control
    and rdms.aligned(data, rdms.of(o.control, 'variance_partition: control'), 'variance_partition').condensed or nil
  if rdms.pairs_differ(data) then
    fail 'rdms: expected subjects with the same pairs of conditions, and they differ in which are NaN'
  end
  -- Correlations of models among one another are over the pairs that subjects have, too.
  local of_models = torch.cat(parts, 0):masked_fill(data.condensed:isnan():any(0), 0 / 0)
  local both = torch.cat({of_models, data.condensed}, 0)

  -- Correlations of the models [draws, m, m] and with the subjects [draws, m, subjects].
  local function correlated(counts)
    local everybody = torch.ones({counts.shape[1], m + subjects}, float64)
    local _, each = native.evaluate(of_models, both, counts, everybody, o.method, control, false, 'variance_partition')
    return each:narrow(2, 0, m), each:narrow(2, m, subjects)
  end
  local once = {torch.ones({1, conditions}, float64), torch.ones({1, subjects}, float64)}
  local between, with = correlated(once[1])
  check_models(names, between[0], control)
  for s = 0, subjects - 1 do
    if with[{0, 0, s}]:isnan():item() then fail('rdms: number %d is constant', s) end
  end
  local condition_counts, subject_counts = draws.counts(factors, o.samples, conditions, subjects, o.seed)
  local point = partition.of(between, with)
  local sampled = factors[1] and partition.of(correlated(condition_counts)) or point

  local result = {names = names, parts = partition.parts(names), method = o.method, over = o.over, samples = o.samples,
    confidence = o.confidence, subjects = subjects, conditions = conditions, controlled = o.control and true or nil,
    per_subject = point.parts[0], total_per_subject = point.total[{0, 0}], semipartial_per_subject = point.semipartial[0],
    warnings = draws.warnings(factors, subjects)}
  -- Estimate, draws and interval of one of the three.
  local function resampled(name)
    local drawn = partition.mean(sampled[name], subject_counts)
    return partition.mean(point[name], once[2])[0], drawn, draws.interval(drawn, o.confidence)
  end
  result.variances, result.draws, result.intervals = resampled 'parts'
  result.semipartial, result.semipartial_draws, result.semipartial_interval = resampled 'semipartial'
  local total, total_draws, total_interval = resampled 'total'
  result.total, result.total_draws, result.total_interval = total:item(), total_draws:squeeze(1), total_interval[0]
  if corrected then  -- both factors, subjects and conditions alone
    local function variance(drawn) return dual.covariance(drawn:unsqueeze(1), 'variance_partition'):diagonal() end
    result.variance, result.df = dual.corrected(variance(result.semipartial_draws),
      variance(partition.mean(point.semipartial, subject_counts)), variance(partition.mean(sampled.semipartial, once[2])),
      subjects, conditions)
    result.semipartial_interval = dual.interval(result.semipartial, result.variance, result.df, o.confidence)
    result.p = dual.p_above_zero(result.semipartial, result.variance, result.df)
  else
    result.p = draws.p_above_zero(result.semipartial_draws)
  end
  -- In units of variance. A pool of others that goes the other way explains nothing.
  local _, _, ceiling = native.evaluate(data.condensed:narrow(0, 0, 0), data.condensed, once[1], once[2], o.method, nil,
    subjects > 1 and not control, 'variance_partition')
  result.ceiling = ceiling[0]:clamp{min = 0}:square()
  return partition.result(result)
end
