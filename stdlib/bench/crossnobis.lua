-- Leave-one-run-out distances of 60 conditions, 8 runs, 500 features.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local x = recipe.normal(1, {1, 60, 500}, 'float64') + recipe.normal(2, {8, 60, 500}, 'float64')
  local precision = rsa.noise_precision(recipe.normal(3, {1000, 500}, 'float64'), {estimator = 'full'})
  for name, noise in pairs{identity = false, precision = precision} do
    local function run() return rsa.rdm(x, {distance = 'crossnobis', noise = noise}):vectors() end
    measure('brainlua_' .. name, {run = run, check = function() return recipe.checks(run()) end})
  end
end
