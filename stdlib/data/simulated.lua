-- simulated(owner, root, options, simulate): makes a simulation in a folder unless the folder holds it already; one with
-- anything else in it is refused and left as it is. simulate(root, options) writes simulation.json, the options, last.
local core = require 'brain.core'
local entries = require('brain.data.eeg').entries
local file = require 'brain.file'
local torch = require 'brain.torch'

return function(owner, root, options, simulate)
  if type(root) ~= 'string' or root == '' then error(('%s: root: expected the path of a folder, got %s'):format(owner, type(root)), 0) end
  local done = root .. '/simulation.json'
  if core.exists(done) then
    local saved = file.load(done)
    for name, value in pairs(options) do
      if saved[name] ~= value then
        error(('%s: %s: holds another simulation (%s is %s there, %s here): choose another folder'):format(owner, root, name,
          tostring(saved[name]), tostring(value)), 0)
      end
    end
    return
  end
  local found = entries(root)
  if found and #found > 0 and not core.exists(root .. '/simulation.begun') then
    error(('%s: %s: expected a new or empty folder, or one of this simulation, found %s'):format(owner, root, found[1]), 0)
  end
  core.make_folders(root)
  core.write_file(root .. '/simulation.begun', '')
  torch.scope(function() simulate(root, options) end)
  os.remove(root .. '/simulation.begun')
end
