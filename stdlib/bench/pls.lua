-- Partial least squares: 1000 samples, 2000 features, 168 targets, 25 components, no scaling.
local recipe = require 'brain.bench.recipe'
local stats = require 'brain.stats'

return function(measure)
  local x = recipe.normal(1, {1000, 2000}, 'float64')
  local y = x:matmul(recipe.normal(2, {2000, 168}, 'float64')) / math.sqrt(2000) + recipe.normal(3, {1000, 168}, 'float64')
  local model
  measure('brainlua', {run = function() model = stats.pls(x, y) end, check = function()
    local left = (y - model:predict(x)):square():sum(0) / (y - y:mean(0, true)):square():sum(0)
    return {pred00 = model:predict(x:narrow(0, 0, 2))[{0, 0}]:item(), r2 = 1 - left:mean():item()}
  end})
end
