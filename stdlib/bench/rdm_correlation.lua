-- Correlation RDM of 1000 conditions and 10000 features.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local x = (recipe.normal(1, {1000, 10000}, 'float64') + 0.5 * recipe.normal(2, {1, 10000}, 'float64')):float()
  local function run() return rsa.rdm(x):vectors() end
  measure('brainlua', {run = run, check = function() return recipe.checks(run()) end})
end
