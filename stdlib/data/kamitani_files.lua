-- data.kamitani_files(root) -> list by subject of {subject, test, training}: the paths of an fMRI study in the layout of
-- data.kamitani. A file of training trials has the name of the test trials' one with Training for Test, or is not there.
local core = require 'brain.core'
local entries = require('brain.data.eeg').entries

return function(root)
  if type(root) ~= 'string' then error('kamitani_files: root: expected a path, got ' .. type(root), 0) end
  local list = {}
  for _, name in ipairs(entries(root) or {}) do
    if name:find '%.h5$' and not name:find 'Training' then
      local training = root .. '/' .. name:gsub('Test', 'Training')
      local path = root .. '/' .. name
      list[#list + 1] = {subject = name:match '(sub%-%w+)' or name:gsub('%.h5$', ''), test = path,
        training = training ~= path and core.exists(training) == 'file' and training or nil}
    end
  end
  if #list == 0 then
    error(('kamitani_files: %s: expected files such as sub-01_perceptionNaturalImageTest_original_VC.h5'):format(root), 0)
  end
  return list
end
