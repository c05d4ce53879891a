-- Variances of evaluations from three bootstraps (Schuett, Kipnis, Diedrichsen and Kriegeskorte 2023): resampling both
-- factors counts the variance of measurements twice or more; resampling each alone says how often.
local student = require 'brain.stats.native'

local dual = {}

local float64 = {dtype = 'float64'}

-- Degrees of freedom of subjects + conditions - interaction, the mean squares that make up a variance (Satterthwaite 1946):
-- such a sum is known better than its least known part. Numbers or Tensors.
function dual.degrees(subjects, conditions, variance, n_subjects, n_conditions)
  local interaction, r, p = subjects + conditions - variance, n_subjects - 1, n_conditions - 1
  return variance ^ 2 / (subjects ^ 2 / r + conditions ^ 2 / p + interaction ^ 2 / (r * p))
end

-- Tensors of variances under both factors, subjects alone and conditions alone -> the variance of a new study, NaN where
-- it is not above 0, as differences of few samples may be; and its degrees of freedom.
function dual.corrected(both, subjects, conditions, n_subjects, n_conditions)
  local r, p = n_subjects / (n_subjects - 1), n_conditions / (n_conditions - 1)
  local of_subjects, of_conditions = r * subjects, p * conditions
  local variance = of_subjects + of_conditions - r * p * (both - subjects - conditions)
  variance = torch.minimum(torch.maximum(torch.maximum(variance, of_subjects), of_conditions), both)
  variance = variance:masked_fill(variance:le(0), 0 / 0)
  return variance, dual.degrees(of_subjects, of_conditions, variance, n_subjects, n_conditions)
end

-- The covariance [q, q] of draws [n, repeats, q], and how many counted: those without NaN. With several repeats of
-- cross-validation the variance that comes of dealing out folds is taken off: what repeats share is left.
function dual.covariance(draws, owner)
  draws = draws[draws:isnan():flatten(1):any(1):logical_not()]
  local n, repeats = draws.shape[1], draws.shape[2]
  if n < 3 then error(('%s: only %d draws had enough different conditions and subjects'):format(owner, n), 0) end
  local function covariance(x)
    local centred = x - x:mean(0, true)
    return centred.T:matmul(centred) / (n - 1)
  end
  local of_means = covariance(draws:mean(1))
  if repeats == 1 then return of_means, n end
  local single = torch.zeros(of_means.shape, float64)
  for k = 0, repeats - 1 do single = single + covariance(draws:select(1, k)) end
  return (repeats * of_means - single / repeats) / (repeats - 1), n
end

-- t intervals [m, 2] about estimates [m] of variances and degrees of freedom [m]; NaN where these are.
function dual.interval(mean, variance, df, confidence)
  local quantiles = df:tolist()
  for i, each in ipairs(quantiles) do
    quantiles[i] = each == each and student.student_t_quantile((1 - confidence) / 2, each) or each
  end
  local half = variance:sqrt() * torch.tensor(quantiles, float64)
  return torch.stack({mean - half, mean + half}, 1)
end

-- p of estimates [m] above 0, one-sided.
function dual.p_above_zero(mean, variance, df) return student.student_t_above(mean / variance:sqrt(), df) end

-- The covariance [q, q] of the mean of deals [n, repeats, q] of the same things.
function dual.of_deals(deals)
  local x = deals:flatten(0, 1)
  x = x[x:isnan():any(1):logical_not()]
  local n = x.shape[1]
  if n < 3 then return nil end
  local centred = x - x:mean(0, true)
  return centred.T:matmul(centred) / (n * (n - 1))
end

-- The variance of i - j from covariances.
local function of_differences(c) return c:diagonal():unsqueeze(1) + c:diagonal():unsqueeze(0) - 2 * c end

-- From three covariances of m models followed by any ceilings: {models [m], differences [m, m], ceilings [m, ceilings] (the
-- differences to them)}, of variances and of their degrees of freedom. dealing: the covariance that dealing out folds leaves in
-- what was estimated, or nil.
function dual.variances(both, subjects, conditions, m, n_subjects, n_conditions, dealing)
  local function corrected(f)
    local variance, df = dual.corrected(f(both), f(subjects), f(conditions), n_subjects, n_conditions)
    return dealing and variance + f(dealing) or variance, df
  end
  local function parts(models, differences)
    local rows = differences:narrow(0, 0, m)
    return {models = models:narrow(0, 0, m), differences = rows:narrow(1, 0, m), ceilings = rows:narrow(1, m, rows.shape[2] - m)}
  end
  local models, models_df = corrected(function(c) return c:diagonal() end)
  local differences, differences_df = corrected(of_differences)
  return parts(models, differences), parts(models_df, differences_df)
end

-- What sampling one more subject, condition or pair of both adds to the variances of differences, [m, m] each: a study
-- of s subjects and c conditions has variance subjects / s + conditions / c + both / (s c), and this one its own.
function dual.components(both, subjects, conditions, m, n_subjects, n_conditions)
  local function of(c) return of_differences(c):narrow(0, 0, m):narrow(1, 0, m) end
  both, subjects, conditions = of(both), of(subjects), of(conditions)
  local variance = dual.corrected(both, subjects, conditions, n_subjects, n_conditions)
  subjects = subjects * n_subjects / (n_subjects - 1)
  conditions = conditions * n_conditions / (n_conditions - 1)
  local shared = (subjects + conditions - variance):clamp{min = 0}
  subjects, conditions = subjects - shared, conditions - shared
  return {subjects = subjects * n_subjects, conditions = conditions * n_conditions,
    both = (variance - subjects - conditions) * (n_subjects * n_conditions)}
end

return dual
