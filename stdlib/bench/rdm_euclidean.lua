-- Squared Euclidean distances over the number of features, and plain ones, of float32 features.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  for size, x in recipe.features() do
    for name, distance in pairs{brainlua_sqeuclidean_mean = 'sqeuclidean_mean', brainlua_unsquared = 'euclidean'} do
      local function run() return rsa.rdm(x, {distance = distance}):vectors() end
      measure(name, {size = size, run = run, check = function() return recipe.checks(run()) end})
    end
  end
end
