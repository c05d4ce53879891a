-- options(function_name, given, defaults) -> table: the options given over the defaults. An unknown one is an
-- error with the nearest name. A default of nil is written as `options.none`.
local blame = require 'brain.blame'
local native = require 'brain.native'

local options = {none = {}}

local function read(_, owner, given, defaults)
  local result = {}
  for name, value in pairs(defaults) do
    if value ~= options.none then result[name] = value end
  end
  if given == nil then return result end
  if type(given) ~= 'table' or #given > 0 then
    blame.raise(('%s: expected a table of named options, got %s'):format(owner,
      type(given) == 'table' and 'a list' or native.is_tensor(given) and 'a Tensor' or type(given)))
  end
  for name, value in pairs(given) do
    if defaults[name] == nil then
      local names = {}
      for known in pairs(defaults) do names[#names + 1] = known end
      table.sort(names)
      local near = native.nearest(tostring(name), names)
      blame.raise(("%s: unknown option '%s'%s"):format(owner, tostring(name),
        near and (", did you mean '%s'?"):format(near) or '; options are ' .. table.concat(names, ', ')))
    end
    result[name] = value
  end
  return result
end

-- Refuses a count that is no integer of at least 1.
function options.at_least_one(owner, name, value)
  if not math.tointeger(value) or value < 1 then
    blame.raise(('%s: %s: expected an integer of at least 1, got %s'):format(owner, name, tostring(value)))
  end
end

return setmetatable(options, {__call = read})
