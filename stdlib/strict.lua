-- The environment of scripts: reading an undefined global is an error with the nearest name, creating one is an error
-- that suggests `local`, and the modules cannot be replaced by accident.
local native = require 'brain.native'

local strict = {}

local function names_of(t)
  local names = {}
  for k in next, t do
    if type(k) == 'string' then names[#names + 1] = k end
  end
  table.sort(names)
  return names
end

-- An environment over `base` (the globals of the library). With `open` (the prompt) new globals may be made.
function strict.environment(base, open)
  local environment = {}
  setmetatable(base, {__index = function(_, name)
    local near = native.nearest(tostring(name), names_of(base)) or native.nearest(tostring(name), names_of(environment))
    error(("'%s' is not defined%s"):format(tostring(name), near and (", did you mean '%s'?"):format(near) or ''), 2)
  end})
  setmetatable(environment, {
    __index = base,
    __newindex = function(t, name, value)
      if rawget(base, name) ~= nil then
        error(("'%s' belongs to brainlua and cannot be assigned; use local %s = ..."):format(name, name), 2)
      elseif not open then
        error(("'%s' is not declared; use local %s = ..."):format(tostring(name), tostring(name)), 2)
      end
      rawset(t, name, value)
    end,
  })
  rawset(base, '_G', environment)
  return environment
end

return strict
