-- Models with subjects by every method: 10 with 16 on 92 conditions, 6 with 8 on 200.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local size
  local function add(name, a, b, options)
    local function run() return rsa.compare(a, b, options) end
    measure('brainlua:' .. name, {size = size, run = run, check = function() return recipe.checks(run()) end})
  end
  for _, of in ipairs{{92, 16, 10}, {200, 8, 6}} do
    size = table.concat(of, 'x')
    local subjects, models = recipe.rdm_set(nil, table.unpack(of))
    for _, method in ipairs{'cosine', 'corr', 'spearman', 'rho-a', 'tau-a', 'tau-b', 'corr_cov', 'cosine_cov', 'bures',
      'bures_metric'} do add(method, models, subjects, {method = method}) end
    for _, method in ipairs{'partial', 'partial-spearman', 'regression'} do add(method, subjects, models, {method = method}) end
    local n = of[1]
    local e = recipe.normal(50, {4 * n, n}, 'float64')
    add('cosine_cov+sigma_2x3', models:narrow(0, 0, 2), subjects:narrow(0, 0, 3),
      {method = 'cosine_cov', sigma = e.T:matmul(e) / (4 * n)})
    if n == 92 then  -- of full rank, which these distances need
      local full_subjects, full_models = recipe.rdm_set(2 * n, table.unpack(of))
      add('neg_riem_dist', full_models, full_subjects, {method = 'neg_riem_dist'})
    end
  end
end
