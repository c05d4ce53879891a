-- Covariance of 1000 residuals of 500 features with shrinkage.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local x = recipe.normal(1, {1000, 500}, 'float64') + 0.7 * recipe.normal(2, {1000, 1}, 'float64')
  for name, estimator in pairs{shrinkage_eye = 'ledoit_wolf', shrinkage_diag = 'schaefer_strimmer'} do
    local function run() return (rsa.noise_covariance(x, {estimator = estimator})) end
    measure('brainlua_' .. name, {run = run, check = function() return recipe.checks(run()) end})
  end
end
