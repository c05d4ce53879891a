-- 1000 simulated studies each: how often nominal 95 % intervals hold the truth, and tests at .05 reject where nothing is to be
-- found. Some minutes; `checks` are the result.
local studies = require 'brain.bench.studies'

return function(measure)
  local function add(name, run)
    local result
    measure('brainlua:' .. name, {once = true, run = function() result = run() end, check = function() return result end})
  end
  add('dual', function() return studies.dual{} end)
  add('dual_subjects_alike', function() return studies.dual{between = 0} end)
  add('dual_20_conditions', function() return studies.dual{conditions = 20, subjects = 10} end)
  add('dual_least_df', function() return studies.dual{df = 'least'} end)
  add('dual_crossvalidated_and_fitted', function() return studies.dual{fitted = true, samples = 150} end)
  add('cluster_permutation', function() return studies.clusters{} end)
  add('cluster_permutation_2d', function() return studies.clusters{shape = {30, 30}} end)
end
