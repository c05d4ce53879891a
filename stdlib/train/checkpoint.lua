-- The state of a training run as one safetensors file: all numbers that the rest of the run depends on. Written beside
-- itself and renamed, so that a kill at any moment leaves the last whole state.
local core = require 'brain.core'
local ordered = require 'brain.ordered'

local checkpoint = {format = 'brainlua training state 1'}

local function join(folder, name) return (folder:gsub('/+$', '')) .. '/' .. name end

function checkpoint.last(folder) return join(folder, 'last.safetensors') end
function checkpoint.best(folder) return join(folder, 'best.safetensors') end

local function number(value) return torch.tensor(value, {dtype = 'float64'}) end

-- state: {model=, optimizer=, schedule=, average=, numbers=, history=} -> what load gives back
function checkpoint.save(folder, state, fingerprint)
  local tensors, names = {}, {}
  local function add(name, tensor)
    names[#names + 1] = name
    tensors[name] = tensor
  end
  for name, tensor in pairs(state.model) do add('model/' .. name, tensor) end
  for name, tensor in pairs(state.average or {}) do add('average/' .. name, tensor) end
  for name, tensor in pairs(state.optimizer.tensors) do add('optimizer/' .. name, tensor) end
  for name, value in pairs(state.optimizer.numbers) do add('optimizer-number/' .. name, number(value)) end
  for name, value in pairs(state.schedule or {}) do add('schedule/' .. name, number(value)) end
  for name, value in pairs(state.numbers) do add('number/' .. name, number(value)) end
  for name, values in pairs(state.history) do add('history/' .. name, torch.tensor(values, {dtype = 'float64'})) end
  add('random/cpu', torch.get_rng_state())
  file.save(checkpoint.last(folder), ordered(tensors, names),
    {metadata = {format = checkpoint.format, fingerprint = fingerprint, optimizer = state.optimizer.optimizer}})
end

-- The saved state, or nil when there is none. Another run's is an error that says what differs.
function checkpoint.load(folder, fingerprint)
  local path = checkpoint.last(folder)
  for _, each in ipairs {path, checkpoint.best(folder)} do core.remove_abandoned(each) end
  if not core.exists(path) then return nil end
  local tensors, metadata = file.load(path, {metadata = true})
  if not metadata or metadata.format ~= checkpoint.format then
    error(('%s: expected a training state, found another safetensors file'):format(path), 0)
  end
  if metadata.fingerprint ~= fingerprint then
    error(('%s belongs to another run (%s), this one is %s: give another checkpoint folder, or resume = false to start over')
      :format(path, metadata.fingerprint, fingerprint), 0)
  end
  local state = {model = {}, average = {}, schedule = {}, numbers = {}, history = {},
    optimizer = {optimizer = metadata.optimizer, tensors = {}, numbers = {}}}
  for name, tensor in pairs(tensors) do
    local kind, rest = name:match '^([^/]+)/(.*)$'
    if kind == 'model' or kind == 'average' then state[kind][rest] = tensor
    elseif kind == 'optimizer' then state.optimizer.tensors[rest] = tensor:clone()
    elseif kind == 'optimizer-number' then state.optimizer.numbers[rest] = tensor:item()
    elseif kind == 'schedule' or kind == 'number' then state[kind == 'number' and 'numbers' or kind][rest] = tensor:item()
    elseif kind == 'history' then state.history[rest] = tensor:tolist()
    elseif kind == 'random' then state.random = tensor:clone() end
  end
  return state
end

-- The weights that were best so far.
function checkpoint.save_best(folder, weights, epoch, name, value)
  file.save(checkpoint.best(folder), weights,
    {metadata = {epoch = tostring(epoch), selected_by = name, value = ('%.17g'):format(value)}})
end

function checkpoint.load_best(folder) return file.load(checkpoint.best(folder)) end

return checkpoint
