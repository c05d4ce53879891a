-- simulated(owner, root, options, simulate) -> made: makes a simulation in a folder unless the folder holds it already. One
-- with anything else in it is refused and left as it is; one where this simulation was cut short is gone on with.
-- simulate(root, options) writes simulation.json last, with the options in it.
local core = require 'brain.core'
local eeg = require 'brain.data.eeg'
local file = require 'brain.file'
local torch = require 'brain.torch'

-- Whether root already holds this simulation.
local function is_done(owner, root, options)
  local done, begun = root .. '/simulation.json', root .. '/simulation.begun.json'
  local marker = core.exists(done) and done or core.exists(begun) and begun
  if not marker then
    local entries = eeg.entries(root)
    if entries and #entries > 0 then
      error(('%s: %s: expected a new or empty folder, or one of this simulation, found %s'):format(owner, root, entries[1]), 0)
    end
    return false
  end
  local saved, names = file.load(marker).options or {}, {}
  for name in pairs(options) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    if saved[name] ~= options[name] then
      error(('%s: %s: holds another simulation (%s is %s there, %s here): choose another folder'):format(owner, root, name,
        tostring(saved[name]), tostring(options[name])), 0)
    end
  end
  return marker == done
end

return function(owner, root, options, simulate)
  if type(root) ~= 'string' or root == '' then
    error(('%s: root: expected the path of a folder, got %s'):format(owner, type(root)), 0)
  end
  if is_done(owner, root, options) then return false end
  eeg.make_folders(root)
  file.save(root .. '/simulation.begun.json', {options = options})
  torch.scope(function() simulate(root, options) end)
  os.remove(root .. '/simulation.begun.json')
  return true
end
