-- brainlua doctor: what is here and what is missing.
local busy = require 'brain.busy'
local core = require 'brain.core'
local native = require 'brain.native'
local prompt = require 'brain.prompt'

return function()
  local machine = core.machine()
  local function line(name, text) print(('%-14s %s'):format(name, text)) end
  line('brainlua', _BRAINLUA)
  line('Lua', _VERSION)
  line('LibTorch', ('%s, %d operators on the surface'):format(torch.version, #native.operator_names()))
  line('CPU', ('%d cores, %d threads in use'):format(machine.cores, torch.get_num_threads()))
  local advice = busy()
  if advice then line('', advice) end
  line('memory', ('%s, %s available'):format(core.bytes(machine.memory), core.bytes(machine.available)))
  if torch.cuda.is_available() then
    line('CUDA', ('%d device(s)'):format(torch.cuda.device_count()))
  else
    line('CUDA', 'none: computations run on the CPU')
  end
  line('line editor', prompt.editor_name or 'plain')
  local ok, problem = pcall(function()
    assert(torch.ones(64, 64):matmul(torch.ones(64, 64)):sum():item() == 64 ^ 3, 'a matrix product is wrong')
    local x = torch.ones({2}, {requires_grad = true})
    x:mul(3):sum():backward()
    assert(x.grad:sum():item() == 6, 'a gradient is wrong')
  end)
  line('self-check', ok and 'a matrix product and a gradient are right' or 'FAILED: ' .. tostring(problem))
  return ok and 0 or 1
end
