-- Ceilings of 16 subjects, 92 conditions.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local subjects = recipe.rdm_set()
  for _, method in ipairs{'corr', 'spearman', 'tau-a', 'cosine_cov'} do
    local function run() return torch.tensor({rsa.noise_ceiling(subjects, {method = method})}, {dtype = 'float64'}) end
    measure('brainlua:' .. method, {run = run, check = function() return recipe.checks(run()) end})
  end
end
