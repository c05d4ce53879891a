-- Seconds per sample of the three-way bootstrap of 16 subjects and 92 conditions, plain and cross-validated.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local subjects, models = recipe.rdm_set()
  for name, options in pairs{corr = {method = 'corr', samples = 500}, spearman = {method = 'spearman', samples = 50},
    corr_crossvalidated = {method = 'corr', samples = 100, crossvalidate = true}} do
    options.interval = 'dual'
    measure('brainlua:' .. name, {cold = true, limit = true, calls = options.samples, run = function()
      rsa.evaluate(models, subjects, options)
    end})
  end
end
