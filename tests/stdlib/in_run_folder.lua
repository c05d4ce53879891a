-- f of the folder of a run, which is closed and removed afterwards.
local test = require 'brain.test'

return function(f)
  test.in_folder(function(folder)
    local ok, problem = pcall(f, folder .. '/run')
    experiment.close 'finished'
    if not ok then error(problem, 0) end
  end)
end
