-- Data sets: named columns of equal length. A column is a Tensor (samples along the first axis), a list, or an object
-- with `#` and :rows(indices). Views (subsets, splits, folds) share the columns; `index` in a batch is the sample's
-- number in the data set that all its views come from.
local raise = require('brain.blame').raise
local native = require 'brain.native'
local read_options = require 'brain.options'
local random = require 'brain.random'

local is_tensor, nearest = native.is_tensor, native.nearest

local Dataset = {}
local meta = {__name = 'Dataset', __index = Dataset}

local function complain(text, ...) raise(text:format(...)) end

local function make(root, index, maps) return setmetatable({root = root, index = index, maps = maps or {}}, meta) end

local function size_of(column) return is_tensor(column) and (column:dim() > 0 and column:size(0) or 0) or #column end

-- new(columns, {order = names, labels = name of the column that select() reads})
local function new(columns, options)
  options = options or {}
  local order = options.order
  if not order then
    order = {}
    for name in pairs(columns) do order[#order + 1] = name end
    table.sort(order)
  end
  if #order == 0 then raise('data set: expected at least one column, got none') end
  local n, first
  for _, name in ipairs(order) do
    if name == 'index' then raise("data set: the column name 'index' is taken by the samples' numbers") end
    local size = size_of(columns[name])
    if n and size ~= n then
      raise(("data set: expected %d samples in '%s' as in '%s', found %d"):format(n, name, first, size))
    end
    n, first = n or size, first or name
  end
  return make({columns = columns, order = order, n = n, labels = options.labels}, nil)
end

function meta.__len(self) return self.index and self.index:size(0) or self.root.n end

function meta.__tostring(self) return ('Dataset(%d samples: %s)'):format(#self, table.concat(self.root.order, ', ')) end

-- The names of its columns, in order.
function Dataset:columns() return {table.unpack(self.root.order)} end

local function check_column(self, name, who)
  local column = self.root.columns[name]
  if column == nil then
    local near = nearest(tostring(name), self.root.order)
    complain("%s: the data set has no column '%s'%s", who, tostring(name), near and (", did you mean '%s'?"):format(near) or '')
  end
  return column
end

-- An int64 Tensor of places within this view, from a list, a Tensor of numbers or a boolean mask.
local function places(self, indices, who)
  if type(indices) == 'table' then indices = torch.tensor(indices, {dtype = 'int64'}):reshape(-1) end
  if not is_tensor(indices) then complain('%s: expected a list or Tensor of sample numbers, got %s', who, type(indices)) end
  if indices.dtype == 'bool' then
    if indices:numel() ~= #self then complain('%s: expected a mask of %d samples, found %d', who, #self, indices:numel()) end
    indices = indices:nonzero():reshape(-1)
  end
  indices = indices:to 'int64':reshape(-1)
  if indices:numel() > 0 then
    local low, high = indices:min():item(), indices:max():item()
    if low < 0 or high >= #self then
      complain('%s: sample %d is outside of 0 to %d', who, low < 0 and low or high, #self - 1)
    end
  end
  return indices
end

local function root_numbers(self, within) return self.index and self.index:index_select(0, within) or within end

local function fetch(column, numbers)
  if is_tensor(column) then return column:index_select(0, numbers:to(column.device)) end
  if type(column) ~= 'table' or column.rows then return column:rows(numbers) end
  local values = {}
  for i, k in ipairs(numbers:tolist()) do values[i] = column[k + 1] end
  return values
end

-- The values of one column for the samples of this view: a Tensor or a list.
function Dataset:column(name)
  return fetch(check_column(self, name, 'column'), self:numbers())
end

-- The samples' numbers in the data set that all views come from: int64 [n].
function Dataset:numbers() return self.index or torch.arange(self.root.n, {dtype = 'int64'}) end

-- A batch: column name -> Tensor or list, and index. Columns in `later` (a set of names) are read when they are first
-- asked for; `ready` holds columns that were read ahead.
function Dataset:rows(indices, later, ready)
  local numbers = root_numbers(self, places(self, indices, 'rows'))
  local batch = {index = numbers}
  for _, name in ipairs(self.root.order) do
    if ready and ready[name] ~= nil then batch[name] = ready[name]
    elseif not (later and later[name]) then batch[name] = fetch(self.root.columns[name], numbers) end
  end
  if later then
    setmetatable(batch, {__index = function(t, name)
      if not later[name] then return nil end
      local value = fetch(self.root.columns[name], numbers)
      rawset(t, name, value)
      return value
    end})
  end
  for _, map in ipairs(self.maps) do
    local made = map.fn(batch)
    if type(made) ~= 'table' then raise(('map: expected a table of columns, got %s'):format(type(made))) end
    for name, value in pairs(made) do batch[name] = value end
  end
  return batch
end

-- The samples at these places (a list, an int64 Tensor or a boolean mask), in that order.
function Dataset:subset(indices) return make(self.root, root_numbers(self, places(self, indices, 'subset')), self.maps) end

-- fn(batch) -> table of columns to add or replace, for each batch as it is read. Unless it is declared
-- {deterministic = true}, nothing computed from a mapped batch is kept between epochs.
function Dataset:map(fn, options)
  if type(fn) ~= 'function' then raise(('map: expected a function, got %s'):format(type(fn))) end
  local how = read_options('map', options, {deterministic = false})
  local maps = {table.unpack(self.maps)}
  maps[#maps + 1] = {fn = fn, deterministic = how.deterministic}
  return make(self.root, self.index, maps)
end

function Dataset:is_deterministic()
  for _, map in ipairs(self.maps) do
    if not map.deterministic then return false end
  end
  return true
end

local function values_of(self, name, who)
  local values = fetch(check_column(self, name, who), self:numbers())
  return is_tensor(values) and values:tolist() or values
end

-- The samples with these labels, one label after another (each in its old order). by: the column, given at the data
-- set's making or here.
function Dataset:select(labels, options)
  local by = read_options('select', options, {by = self.root.labels or read_options.none}).by
  if not by then raise("select: expected {by = 'column'}: this data set has no labels of its own") end
  local found, all = {}, {}
  for i, value in ipairs(values_of(self, by, 'select')) do
    found[value] = found[value] or {}
    table.insert(found[value], i - 1)
    if #found[value] == 1 then all[#all + 1] = tostring(value) end
  end
  local chosen = {}
  for _, label in ipairs(is_tensor(labels) and labels:tolist() or labels) do
    if not found[label] then
      local near = nearest(tostring(label), all)
      raise(("select: no sample has %s '%s'%s"):format(by, tostring(label), near and (", did you mean '%s'?"):format(near) or ''))
    end
    table.move(found[label], 1, #found[label], #chosen + 1, chosen)
  end
  return self:subset(chosen)
end

-- Groups of samples that stay together: lists of places, in order of first appearance; each sample alone without `by`.
local function groups_of(self, by, who)
  local groups = {}
  if not by then
    for i = 0, #self - 1 do groups[#groups + 1] = {i} end
    return groups
  end
  local place = {}
  for i, value in ipairs(values_of(self, by, who)) do
    if not place[value] then
      groups[#groups + 1] = {}
      place[value] = #groups
    end
    table.insert(groups[place[value]], i - 1)
  end
  return groups
end

local function shuffled(groups, seed, index)
  local mixed = {}
  for i, k in ipairs(random.permutation(seed, index, #groups):tolist()) do mixed[i] = groups[k + 1] end
  return mixed
end

local function gather(self, groups, first, last)
  local chosen = {}
  for g = first, last do table.move(groups[g], 1, #groups[g], #chosen + 1, chosen) end
  table.sort(chosen)
  return self:subset(chosen)
end

-- The named options of a table that also has a list part.
local function named(options)
  local result = {}
  for name, value in pairs(options) do
    if type(name) == 'string' then result[name] = value end
  end
  return result
end

-- split{0.8, 0.2, by = column, seed = 0, shuffle = true} -> a view per fraction. With by, samples of one value stay
-- together and the fractions are of values. Each part keeps the order of its samples.
function Dataset:split(options)
  local how = read_options('split', named(options), {by = read_options.none, seed = 0, shuffle = true})
  local fractions = #options > 0 and options or {0.8, 0.2}
  local total = 0
  for i, fraction in ipairs(fractions) do
    if type(fraction) ~= 'number' or fraction < 0 then
      raise(('split: fraction %d: expected a number of at least 0, got %s'):format(i, tostring(fraction)))
    end
    total = total + fraction
  end
  if total > 1 + 1e-9 then raise(('split: expected fractions with a sum of at most 1, got %g'):format(total)) end
  local groups = groups_of(self, how.by, 'split')
  if how.shuffle then groups = shuffled(groups, how.seed, 0) end
  local parts, first, sum = {}, 1, 0
  for _, fraction in ipairs(fractions) do
    sum = sum + fraction
    local last = math.floor(sum * #groups + 0.5 + 1e-9)
    parts[#parts + 1] = gather(self, groups, first, last)
    first = last + 1
  end
  return table.unpack(parts)
end

-- folds{k = 5, by = column, seed = 0}: for train, validation, test in ds:folds{...}. Each value of by (each sample
-- without it) is in the test part of exactly one fold; the next fold's test part is this one's validation.
function Dataset:folds(options)
  local how = read_options('folds', options, {k = 5, by = read_options.none, seed = 0})
  local k = how.k
  if k < 3 then raise(('folds: k: expected at least 3 (train, validation and test), got %s'):format(tostring(k))) end
  local groups = shuffled(groups_of(self, how.by, 'folds'), how.seed, 0)
  if #groups < k then raise(('folds: expected at least %d %s, found %d'):format(k, how.by or 'samples', #groups)) end
  local parts = {}
  for i = 1, k do
    local first, last = (i - 1) * #groups // k + 1, i * #groups // k
    parts[i] = {table.unpack(groups, first, last)}
  end
  local fold = 0
  return function()
    fold = fold + 1
    if fold > k then return nil end
    local next_fold = fold % k + 1
    local rest = {}
    for i, part in ipairs(parts) do
      if i ~= fold and i ~= next_fold then table.move(part, 1, #part, #rest + 1, rest) end
    end
    return gather(self, rest, 1, #rest), gather(self, parts[next_fold], 1, #parts[next_fold]), gather(self, parts[fold], 1, #parts[fold])
  end
end

return {new = new, is_dataset = function(value) return getmetatable(value) == meta end}
