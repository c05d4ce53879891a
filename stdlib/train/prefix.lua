-- Outputs of a network's frozen front, computed once per sample: while only the later stages learn, the earlier ones
-- need not run again (nor their pictures be read).
local core = require 'brain.core'

local Prefix = {}
Prefix.__index = Prefix

-- The number of leading stages whose outputs can be kept, or 0 and the reason.
local function frozen_stages(model, stages)
  if #stages == 0 then return 0, ('%s is no chain of stages'):format(model:class_name()) end
  local n, holds_parameters = 0, false
  while n < #stages - 1 and stages[n + 1]:is_frozen() do
    n = n + 1
    holds_parameters = holds_parameters or stages[n]:count_parameters() > 0
  end
  if not holds_parameters then return 0, 'its first stage is not frozen' end
  return n
end

-- new(model, call, inputs, datasets) -> the front and what remains, or nil and the reason why nothing is kept.
function Prefix.new(model, call, inputs, datasets)
  if call ~= 'forward' then return nil, ("the entry point is '%s'"):format(call) end
  if #inputs ~= 1 then return nil, ('the model takes %d inputs'):format(#inputs) end
  for _, dataset in ipairs(datasets) do
    if not dataset:is_deterministic() then return nil, 'the data set is mapped by a function not declared deterministic' end
  end
  if model:has_hooks() then return nil, 'hooks look on' end
  local stages = model:stages()
  local n, reason = frozen_stages(model, stages)
  if n == 0 then return nil, reason end
  local self = setmetatable({input = inputs[1], front = {}, rest = {}, stores = {}, count = n, total = #stages}, Prefix)
  for i, stage in ipairs(stages) do table.insert(i <= n and self.front or self.rest, stage) end
  return self
end

local function run(stages, x)
  for i = 1, #stages - 1 do x = stages[i](x) end
  return stages[#stages](x)
end

-- Computes the outputs for a data set, `batch` samples at a time in its own order (so that they do not depend on how
-- training shuffles). Returns false and the reason when they would not fit in `budget` bytes.
function Prefix:fill(dataset, batch, device, budget)
  local n = #dataset
  local numbers = dataset:numbers()
  local position = torch.full({dataset.root.n}, -1, {dtype = 'int64'})
  position:index_copy_(0, numbers, torch.arange(n, {dtype = 'int64'}))
  local values
  local progress <close> = core.progress('frozen front', n, 'samples')
  for first = 0, n - 1, batch do
    local size = math.min(batch, n - first)
    local needed = torch.scope(function(scope)
      local rows = dataset:rows(torch.arange(first, first + size, {dtype = 'int64'}))
      local y = torch.no_grad(run, self.front, rows[self.input]:to(device))
      if not values then
        local bytes = y:numel() // size * n * y:element_size()
        if bytes > budget then return bytes end
        local shape = y.shape
        shape[1] = n
        values = scope:keep(torch.empty(shape, {dtype = y.dtype, device = y.device}))
      end
      values:narrow(0, first, size):copy_(y)
    end)
    if needed then
      return false, ('its outputs would take %s, more than %s'):format(core.bytes(needed), core.bytes(budget))
    end
    progress:advance(size)
  end
  self.stores[dataset] = {position = position, values = values}
  return true
end

-- The network's outputs for a batch of a data set that was filled.
function Prefix:forward(dataset, batch)
  local store = self.stores[dataset]
  local rows = store.position:index_select(0, batch.index)
  return run(self.rest, store.values:index_select(0, rows:to(store.values.device)))
end

return Prefix
