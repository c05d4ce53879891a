-- 10 models with 16 subjects, 92 conditions, by every method.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local subjects, models = recipe.rdm_set()
  local function add(name, a, b, options)
    local function run() return rsa.compare(a, b, options) end
    measure('brainlua:' .. name, {run = run, check = function() return recipe.checks(run()) end})
  end
  for _, method in ipairs{'cosine', 'corr', 'spearman', 'rho-a', 'tau-a', 'tau-b', 'corr_cov', 'cosine_cov', 'bures',
    'bures_metric'} do add(method, models, subjects, {method = method}) end
  for _, method in ipairs{'partial', 'partial-spearman', 'regression'} do add(method, subjects, models, {method = method}) end
  local e = recipe.normal(50, {368, 92}, 'float64')
  add('cosine_cov+sigma_2x3', models:narrow(0, 0, 2), subjects:narrow(0, 0, 3),
    {method = 'cosine_cov', sigma = e.T:matmul(e) / 368})
  local full_subjects, full_models = recipe.rdm_set(184)  -- of full rank, which these distances need
  add('neg_riem_dist', full_models, full_subjects, {method = 'neg_riem_dist'})
end
