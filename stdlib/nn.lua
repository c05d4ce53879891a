-- nn: layers, modules written in Lua, and nn.functional.
local nn = require 'brain.nn.native'

nn.functional = require 'brain.functional'

-- A leaf that training changes: assigned to a field of a module it becomes one of its parameters.
function nn.Parameter(tensor) return tensor:detach():clone():requires_grad_() end

return nn
