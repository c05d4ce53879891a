-- Seconds per bootstrap sample of 16 subjects and 92 conditions: 10 models and both ceilings.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local subjects, models = recipe.rdm_set()
  for method, samples in pairs{corr = 1000, spearman = 100, ['tau-a'] = 100, cosine_cov = 1000} do
    measure('brainlua:' .. method, {cold = true, limit = true, calls = samples, run = function()
      rsa.evaluate(models, subjects, {method = method, samples = samples})
    end})
  end
end
