-- option_table(owner, given, defaults) -> table: what was given over the defaults. An unknown name is an error with the
-- nearest one; a default of `false` stands for an option that may be absent.
local native = require 'brain.native'

local option_table = {}

local function read(_, owner, given, defaults)
  local result = {}
  for name, value in pairs(defaults) do result[name] = value end
  if given == nil then return result end
  if type(given) ~= 'table' or #given > 0 then
    error(('%s: expected a table of named options, got %s'):format(owner,
      type(given) == 'table' and 'a list' or native.is_tensor(given) and 'a Tensor' or type(given)), 0)
  end
  for name, value in pairs(given) do
    if defaults[name] == nil then
      local names = {}
      for known in pairs(defaults) do names[#names + 1] = known end
      table.sort(names)
      local near = native.nearest(tostring(name), names)
      error(("%s: unknown option '%s'%s"):format(owner, tostring(name),
        near and (", did you mean '%s'?"):format(near) or '; options are ' .. table.concat(names, ', ')), 0)
    end
    result[name] = value
  end
  return result
end

-- Refuses a count that is no integer of at least 1.
function option_table.at_least_one(owner, name, value)
  if not math.tointeger(value) or value < 1 then
    error(('%s: %s: expected an integer of at least 1, got %s'):format(owner, name, tostring(value)), 0)
  end
end

return setmetatable(option_table, {__call = read})
