-- Statistics: tests, resampling, clusters, agreement. What takes time is native.
local native = require 'brain.stats.native'
local read_options = require 'brain.options'
local agreement = require 'brain.stats.agreement'
local clusters = require 'brain.stats.clusters'
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
  cluster_permutation = clusters.cluster_permutation, tfce = clusters.tfce,
  bootstrap = resampling.bootstrap, permutation = resampling.permutation,
  ols = regression.ols, breakpoints = regression.breakpoints,
  power = require 'brain.stats.power',
  ncsnr = reliability.ncsnr, gsn = reliability.gsn, rank_stability = reliability.rank_stability,
  error_consistency = agreement.error_consistency, error_consistency_ceiling = agreement.ceiling,
  error_consistency_score = agreement.score, shape_bias = agreement.shape_bias,
  i2n = objectome.i2n, i2n_dprimes = objectome.dprimes, logistic = require 'brain.stats.logistic',
  pls = require 'brain.stats.pls',
} do stats[name] = public(f) end

stats.rank = public(function(x) return native.average_ranks(tests.numbers(x, 'rank', 'x')) end)

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
