-- Statistics: tests, resampling, clusters, agreement. What takes time is native.
local native = require 'brain.stats.native'
local read_options = require 'brain.options'
local agreement = require 'brain.stats.agreement'
local public = require('brain.blame').wrap
local objectome = require 'brain.stats.objectome'
local regression = require 'brain.stats.regression'
local reliability = require 'brain.stats.reliability'
local resampling = require 'brain.stats.resampling'
local tests = require 'brain.stats.tests'
local is_tensor = require('brain.native').is_tensor

local stats = {}

for name, f in pairs {
  ttest = tests.ttest, wilcoxon = tests.wilcoxon, fdr = tests.fdr, holm = tests.holm, bonferroni = tests.bonferroni,
  bootstrap = resampling.bootstrap, permutation = resampling.permutation,
  ols = regression.ols, breakpoints = regression.breakpoints,
  ncsnr = reliability.ncsnr, gsn = reliability.gsn, rank_stability = reliability.rank_stability,
  error_consistency = agreement.error_consistency, error_consistency_ceiling = agreement.ceiling,
  error_consistency_score = agreement.score, shape_bias = agreement.shape_bias,
  i2n = objectome.i2n, i2n_dprimes = objectome.dprimes, logistic = require 'brain.stats.logistic',
} do stats[name] = public(f) end

stats.rank = public(function(x) return native.average_ranks(tests.numbers(x, 'rank', 'x')) end)

-- [subjects, times] or [subjects, series, times] as the latter.
local function series_of(x, name)
  x = tests.numbers(x, 'cluster_permutation', name)
  if x.ndim == 2 then return x:unsqueeze(1) end
  if x.ndim == 3 then return x end
  error(('cluster_permutation: %s: expected (subjects, times) or (subjects, series, times), got %s'):format(name,
    tostring(x.shape)), 0)
end

stats.cluster_permutation = public(function(a, b, options)
  if type(b) == 'table' and not is_tensor(b) then b, options = nil, b end
  local o = read_options('cluster_permutation', options, {variant = 'signflip', threshold = 0.05, permutations = 1000,
    seed = 0, tail = 'two', alpha = 0.05})
  local flat = a
  a = series_of(a, 'a')
  b = b and series_of(b, 'b')
  if b and a.shape ~= b.shape then
    error(('cluster_permutation: expected equal shapes, got %s and %s'):format(tostring(a.shape), tostring(b.shape)), 0)
  end
  local given = {threshold = o.threshold, permutations = o.permutations, seed = o.seed, tail = o.tail}
  local clusters, t, permutations, exact
  if o.variant == 'signflip' then
    clusters, t, permutations, exact = native.cluster('signflip', b and a - b or a, nil, given)
  elseif o.variant == 'neurora' then
    if not b then error('cluster_permutation: neurora: expected two paired samples', 0) end
    clusters, t, permutations, exact = native.cluster('neurora', a, b, given)
  else
    error(("cluster_permutation: variant: expected signflip or neurora, got '%s'"):format(tostring(o.variant)), 0)
  end
  local mask = torch.zeros(t.shape, {dtype = 'bool'})
  for _, cluster in ipairs(clusters) do
    cluster.significant = cluster.p <= o.alpha
    if cluster.significant then
      mask[cluster.series]:narrow(0, cluster.first, cluster.last - cluster.first + 1):fill_(true)
    end
  end
  if flat.ndim == 2 then t, mask = t[0], mask[0] end
  return {clusters = clusters, mask = mask, t = t, permutations = permutations, exact = exact}
end)

-- Fisher's interval of a correlation r over n independent samples: atanh(r) +- z / sqrt(n - 3).
stats.fisher_ci = public(function(r, n, options)
  local o = read_options('fisher_ci', options, {confidence = 0.95})
  if type(n) ~= 'number' or n <= 3 then error('fisher_ci: n: expected more than 3 samples, got ' .. tostring(n), 0) end
  local half = native.normal_quantile((1 - o.confidence) / 2) / math.sqrt(n - 3)
  if is_tensor(r) then
    local z = r:double():atanh()
    return (z - half):tanh(), (z + half):tanh()
  end
  local z = math.log((1 + r) / (1 - r)) / 2
  local function tanh(x) return 1 - 2 / (math.exp(2 * x) + 1) end
  return tanh(z - half), tanh(z + half)
end)

-- The reliability of a measure `factor` times as long: k r / (1 + (k - 1) r).
stats.spearman_brown = public(function(r, factor)
  factor = factor or 2
  return factor * r / (1 + (factor - 1) * r)
end)

return stats
