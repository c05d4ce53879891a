-- Batches of a data set, read ahead where its columns can do that (pictures are decoded on threads of their own).
local random = require 'brain.random'
local is_tensor = require('brain.native').is_tensor
local raise = require('brain.blame').raise
local read_options = require 'brain.options'
local is_dataset = require('brain.dataset').is_dataset

local Loader = {}
local meta = {__name = 'Loader', __index = Loader}

local defaults = {batch = 32, shuffle = false, seed = 0, drop_last = false, ahead = 2}

-- loader(dataset, {batch = 32, shuffle = false, seed = 0, drop_last = false, ahead = 2}); ahead: batches requested early.
local function new(dataset, options)
  if not is_dataset(dataset) then raise(('loader: expected a data set, got %s'):format(type(dataset))) end
  local self = read_options('loader', options, defaults)
  for name, value in pairs(defaults) do
    if type(value) ~= type(self[name]) then raise(('loader: %s: expected a %s, got %s'):format(name, type(value), type(self[name]))) end
  end
  self.dataset, self.epoch = dataset, 0
  if math.type(self.batch) ~= 'integer' or self.batch < 1 then
    raise(('loader: batch: expected an integer of at least 1, got %s'):format(tostring(self.batch)))
  end
  return setmetatable(self, meta)
end

-- How many batches an epoch has.
function meta.__len(self)
  local n = #self.dataset
  return self.drop_last and n // self.batch or (n + self.batch - 1) // self.batch
end

function meta.__tostring(self)
  return ('Loader(%d batches of %d%s)'):format(#self, self.batch, self.shuffle and ', shuffled' or '')
end

-- The places of an epoch in the order of their reading: int64 [n]. Shuffling depends on (seed, epoch) alone.
function Loader:order(epoch)
  if self.shuffle then return random.permutation(self.seed, epoch, #self.dataset) end
  return torch.arange(#self.dataset, {dtype = 'int64'})
end

-- The columns that read ahead.
local function ahead_columns(dataset, later)
  local list = {}
  for _, name in ipairs(dataset.root.order) do
    local column = dataset.root.columns[name]
    if type(column) == 'userdata' and not is_tensor(column) and column.request
      and not (later and later[name]) then
      list[#list + 1] = {name = name, column = column}
    end
  end
  return list
end

-- for batch in loader:batches(epoch, {first = 1, later = set of columns read only when asked for})
function Loader:batches(epoch, options)
  local first, later = options and options.first or 1, options and options.later
  local dataset, order, count = self.dataset, self:order(epoch), #self
  local columns = self.ahead > 0 and ahead_columns(dataset, later) or {}
  local numbers = #columns > 0 and dataset:numbers()
  local function places(i) return order:narrow(0, (i - 1) * self.batch, math.min(self.batch, #dataset - (i - 1) * self.batch)) end
  local requested = first - 1
  for _, each in ipairs(columns) do each.column:cancel() end  -- what a loop that was left early had asked for
  local function request(upto)
    while #columns > 0 and requested < math.min(upto, count) do
      requested = requested + 1
      local wanted = numbers:index_select(0, places(requested))
      for _, each in ipairs(columns) do each.column:request(wanted) end
    end
  end
  local i = first - 1
  return function()
    i = i + 1
    if i > count then return nil end
    request(i + self.ahead)
    local ready = {}
    for _, each in ipairs(columns) do ready[each.name] = each.column:take() end
    return dataset:rows(places(i), later, ready), i
  end
end

-- for batch in loader do ... end: the next epoch each time.
function meta.__call(self)
  if not self.running then
    self.running = self:batches(self.epoch)
    self.epoch = self.epoch + 1
  end
  local batch = self.running()
  if batch == nil then self.running = nil end
  return batch
end

return {new = new, is_loader = function(value) return getmetatable(value) == meta end}
