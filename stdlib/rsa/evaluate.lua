-- rsa.evaluate: how well model RDMs explain the RDMs of subjects, with intervals over subjects and conditions.
local native = require 'brain.rsa.native'
local read_options = require 'brain.options'
local rdms = require 'brain.rsa.rdms'
local model = require 'brain.rsa.model'
local fitted = require 'brain.rsa.models'
local named = require 'brain.rsa.named'
local draws = require 'brain.rsa.draws'
local dual = require 'brain.rsa.dual'
local split_half = require 'brain.rsa.split_half'
local evaluation = require 'brain.rsa.evaluation'

local float64 = {dtype = 'float64'}

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

-- Which pairs each subject is compared on, and what to say of it.
local function note_pairs(result, data, models, control, differ)
  local function warn(text, ...) result.warnings[#result.warnings + 1] = text:format(...) end
  local left_out = models:isnan():any(0)
  if control then left_out = left_out | control:isnan():any(0) end
  local present = data.condensed:isnan():logical_or(left_out):logical_not()
  result.pairs, result.pairs_differ = present:sum(1), differ
  local number = left_out:sum():item()
  if number > 0 then warn('%d pairs are NaN in a model or control and left out for all', number) end
  if not differ then return end
  local few = rdms.seen(data):sum(1):lt(10):sum():item()
  if few > 0 then warn('%d of %d subjects have fewer than 10 conditions: what is known of each is little', few, #data) end
  for i, name in ipairs(result.names) do
    local each = result.per_subject and result.per_subject[i - 1]
    local undefined = each and each:isnan():sum():item() or 0
    if undefined > 0 then
      warn("'%s' is compared with %d of %d subjects: the others have fewer than 3 pairs, or it or they do not vary over them", name,
        #data - undefined, #data)
    end
  end
end

local function evaluate(models, data, o)
  read_options.at_least_one('evaluate', 'samples', o.samples)
  data = rdms.of(data, 'evaluate: rdms')
  local names, list, fits = named(models, data, 'evaluate')
  local subjects, conditions = #data, data.n
  local factors = draws.factors('evaluate', o.over, subjects)
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
  if o.df ~= 'satterthwaite' and o.df ~= 'least' then
    error(("evaluate: df: expected satterthwaite or least, got '%s'"):format(tostring(o.df)), 0)
  end
  local to_mean = o.target == 'mean'
  if not to_mean and o.target ~= 'subjects' then
    error(("evaluate: target: expected subjects or mean, got '%s'"):format(tostring(o.target)), 0)
  end
  if to_mean and o.crossvalidate then error("evaluate: target = 'mean' is not known with crossvalidate", 0) end
  if o.crossvalidate and o.control then error('evaluate: crossvalidate: control is not known there', 0) end
  if next(fits) and not o.crossvalidate then
    error("evaluate: a model fitted to the data it is tested on always wins: crossvalidate = true", 0)
  end
  local differ = rdms.pairs_differ(data)
  if differ and o.crossvalidate then
    error('evaluate: crossvalidate: expected subjects with the same pairs of conditions, and they differ in which are NaN', 0)
  end
  for i, model in ipairs(list) do
    if #model > 1 and not nested and not fits[i] then
      error(("evaluate: models: '%s' has %d RDMs; select = 'nested' chooses among them"):format(names[i], #model), 0)
    end
  end
  local halves = o.halves and split_half.of_subject(o.halves, data, o.method)
  local all, first = stacked(list)
  local condition_counts, subject_counts = draws.counts(factors, o.samples, conditions, subjects, o.seed)
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
      control, subjects > 1 and not to_mean, 'evaluate', to_mean)
    return similarity:unsqueeze(1), ceilings:unsqueeze(1)
  end

  -- The three bootstraps and what follows.
  local function dual_scores(control)
    local ones = {torch.ones({o.samples, conditions}, float64), torch.ones({o.samples, subjects}, float64)}
    local result, covariances, m = {}, {}, #list
    for k, counts in ipairs{{condition_counts, subject_counts}, {ones[1], subject_counts}, {condition_counts, ones[2]}} do
      local sampled, ceilings = resampled(counts[1], counts[2], control)
      local bounded = not ceilings:select(2, 0):isnan():all():item()  -- one fold of subjects has no lower ceiling
      covariances[k], result.valid = dual.covariance(bounded and torch.cat({sampled, ceilings}, 2) or sampled, 'evaluate')
      if k == 1 then result.draws, result.ceiling_draws = sampled:mean(1), ceilings:mean(1) end
    end
    result.covariances = covariances
    -- Cross-validation of the study itself, by as many deals as make little of what they add.
    local deals = folds and 100 or 1
    local point, ceiling = resampled(torch.ones({deals, conditions}, float64), torch.ones({deals, subjects}, float64), control)
    result.mean, result.ceiling = point:flatten(0, 1):nanmean(0), ceiling:flatten(0, 1):nanmean(0)
    local dealing = folds and dual.of_deals(covariances[1].shape[1] > m and torch.cat({point, ceiling}, 2) or point) or nil
    local variances, degrees = dual.variances(covariances[1], covariances[2], covariances[3], m, subjects, conditions, dealing)
    if o.df == 'least' then
      for _, each in pairs(degrees) do each:fill_(math.min(subjects, conditions) - 1) end
    end
    result.variance, result.difference_variance, result.ceiling_variance = variances.models, variances.differences,
      variances.ceilings
    result.df, result.difference_df, result.ceiling_df = degrees.models, degrees.differences, degrees.ceilings
    result.components = dual.components(covariances[1], covariances[2], covariances[3], m, subjects, conditions)
    result.interval = dual.interval(result.mean, result.variance, result.df, o.confidence)
    result.ceiling_interval = draws.interval(result.ceiling_draws, o.confidence)
    return result
  end

  local function scores(control)
    if variance or folds then return dual_scores(control) end
    local once = {torch.ones({1, conditions}, float64), torch.ones({1, subjects}, float64)}
    local ceilings_too = subjects > 1 and not to_mean
    local point, each, ceiling = native.evaluate(all, data.condensed, once[1], once[2], o.method, control,
      ceilings_too, 'evaluate', to_mean)
    local sampled, _, ceilings = native.evaluate(all, data.condensed, condition_counts, subject_counts,
      o.method, control, ceilings_too, 'evaluate', to_mean)
    if halves and not control then
      ceiling, ceilings = split_half.ceilings(halves, once[1]), split_half.ceilings(halves, condition_counts)
    end
    local result = {ceiling = ceiling[0], ceiling_interval = draws.interval(ceilings, o.confidence), ceiling_draws = ceilings}
    if nested then
      local unseen = condition_counts:eq(0):double()
      local elsewhere = native.evaluate(all, data.condensed, unseen, subject_counts, o.method, control,
        false, 'evaluate', to_mean)
      local values, picks = {}, {}
      for i, model in ipairs(list) do values[i], picks[i] = chosen(sampled, elsewhere, first[i], #model) end
      result.draws, result.chosen = torch.stack(values, 1), torch.stack(picks, 1)
      result.mean = result.draws:nanmean(0)
    else
      result.draws, result.mean, result.per_subject = sampled, point[0], each[0]
    end
    result.interval = draws.interval(result.draws, o.confidence)
    return result
  end

  local result = evaluation.of(scores(nil))
  if control then result.raw, result.partial = result, scores(control) end
  result.names, result.method, result.over, result.target = names, o.method, o.over, o.target
  result.models, result.cross_validated = list, folds ~= nil
  result.samples, result.confidence = o.samples, o.confidence
  result.subjects, result.conditions = subjects, conditions
  result.halves, result.warnings = o.halves or nil, draws.warnings(factors, subjects)
  if halves then table.move(o.halves.warnings, 1, #o.halves.warnings, #result.warnings + 1, result.warnings) end
  note_pairs(result, data, all, control, differ)
  if result.variance and result.variance:isnan():any():item() then
    result.warnings[#result.warnings + 1] =
      ('%d samples are too few to tell the variance of sampling from that of dealing out folds'):format(o.samples)
  end
  return result
end

return function(models, data, options)
  return evaluate(models, data, read_options('evaluate', options, {method = 'spearman', over = 'both', samples = 1000,
    control = false, select = false, seed = 0, confidence = 0.95, interval = 'percentile', crossvalidate = false,
    df = 'satterthwaite', target = 'subjects', halves = false}))
end
