-- Linear CKA of 1000 stimuli, 4096 features.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local x, y = recipe.normal(1, {1000, 4096}), recipe.normal(2, {1000, 4096})
  y:narrow(1, 0, 2048):add_(x:narrow(1, 0, 2048))
  for name, options in pairs{biased = {}, unbiased = {unbiased = true},
    unbiased_minibatch100 = {unbiased = true, batch = 100}} do
    local function run() return rsa.cka(x, y, options) end
    measure('brainlua_' .. name, {run = run, check = function() return {cka = run()} end})
  end
end
