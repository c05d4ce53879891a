-- Numbers that others published, from the public files they are about.
local test = require 'brain.test'
local stats = require 'brain.stats'

-- Brain-Score's constants for the benchmarks of Geirhos et al. 2021, five digits.
local ceilings = {sketch = 0.36962, stylized = 0.50058, edge = 0.31844, silhouette = 0.47571, ['cue-conflict'] = 0.33105, colour = 0.41543}

local root = test.shared 'data/realnet/model_vs_human/raw-data'
if root then
  test.case('noise ceilings of human error consistency as Brain-Score has them', function()
    for name, published in pairs(ceilings) do
      local paths = {}
      for subject = 1, 20 do
        for session = 1, 12 do
          local path = ('%s/%s/%s_subject-%02d_session_%d.csv'):format(root, name, name, subject, session)
          local file <close> = io.open(path)
          if file then paths[#paths + 1] = path end
        end
      end
      local ceiling = stats.error_consistency_ceiling(data.trials(paths), {exclude = name == 'colour' and {'cr'} or {}})
      test.close(ceiling, published, {rtol = 0, atol = 5.1e-6}, name)
    end
  end)
end
