-- Correlation RDMs of float32 features.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  for size, x in recipe.features() do
    local function run() return rsa.rdm(x):vectors() end
    measure('brainlua', {size = size, run = run, check = function() return recipe.checks(run()) end})
  end
end
