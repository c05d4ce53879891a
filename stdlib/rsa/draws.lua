-- Bootstrap samples as counts: how often each condition and each subject is drawn.
local resample = require('brain.stats.native').resample

local float64 = {dtype = 'float64'}

local draws = {}

local factors_of = {both = {true, true}, subjects = {false, true}, conditions = {true, false}}

-- Whether conditions and whether subjects are drawn. owner: the function that was given `over`.
function draws.factors(owner, over, subjects)
  local factors = factors_of[over]
  if not factors then
    error(("%s: over: expected both, subjects or conditions, got '%s'"):format(owner, tostring(over)), 0)
  end
  if factors[2] and subjects < 2 then
    error(owner .. ": over: one subject cannot be resampled; use over = 'conditions'", 0)
  end
  return factors
end

-- [samples, n]; streams keep the factors apart.
local function counts(drawn, samples, n, seed, factor)
  if not drawn then return torch.ones({samples, n}, float64) end
  local rows = {}
  for i = 1, samples do rows[i] = resample(seed, 2 * i + factor, n, n):bincount{minlength = n} end
  return torch.stack(rows):double()
end

-- [samples, conditions], [samples, subjects]: every function that resamples draws the same for the same seed.
function draws.counts(factors, samples, conditions, subjects, seed)
  return counts(factors[1], samples, conditions, seed, 0), counts(factors[2], samples, subjects, seed, 1)
end

-- Lower and upper ends of percentile intervals over axis 0 of [samples, ...], without NaN.
function draws.interval(samples, confidence)
  local tail = (1 - confidence) / 2
  return samples:nanquantile(torch.tensor({tail, 1 - tail}, float64), 0).T
end

-- p of what is above 0, [m]: the share of samples [samples, m] that are not, counted with the observed one. Samples with NaN
-- are left out.
function draws.p_above_zero(samples)
  samples = samples[samples:isnan():any(1):logical_not()]
  return (samples:le(0):sum(0):double() + 1) / (samples.shape[1] + 1)
end

-- A list of what a result must say of its samples.
function draws.warnings(factors, subjects)
  return {factors[2] and subjects < 5
    and ('%d subjects are too few to resample: intervals over them are too narrow'):format(subjects) or nil}
end

return draws
