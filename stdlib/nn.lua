-- nn: layers, modules written in Lua, and nn.functional.
local nn = require 'brain.nn.native'

nn.functional = require 'brain.functional'

-- A leaf that training changes: assigned to a field of a module it becomes one of its parameters.
function nn.Parameter(tensor) return tensor:detach():clone():requires_grad_() end

-- What net:layers(x) gives: a row for each call, its shape as text ("2 x 64 x 56 x 56").
debug.getregistry()['brain.layers_frame'] = function(calls)
  for _, call in ipairs(calls) do call.shape = table.concat(call.shape, ' x ') end
  return require('brain.frame').from_rows(calls):select {'name', 'class', 'numbered', 'shape', 'parameters', 'duplicate_of'}
end

return nn
