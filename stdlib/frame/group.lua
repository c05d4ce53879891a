-- f:group(names, {new = {column, how}}): one row for each combination of values, in the order in which they come.
local blame = require 'brain.blame'
local codes = require 'brain.frame.codes'
local native = require 'brain.native'

local nan = 0 / 0

-- What a group's present (not NaN) numbers, a float64 tensor, come to.
local function sample_deviation(x) return #x > 1 and x:std():item() or nan end
local reductions = {
  mean = function(x) return #x > 0 and x:mean():item() or nan end,
  median = function(x) return #x > 0 and x:quantile(0.5):item() or nan end,
  min = function(x) return #x > 0 and x:min():item() or nan end,
  max = function(x) return #x > 0 and x:max():item() or nan end,
  std = sample_deviation,
  sem = function(x) return sample_deviation(x) / math.sqrt(#x) end,
}
local how_names = {'count', 'first', 'max', 'mean', 'median', 'min', 'sem', 'std', 'sum'}

-- Pieces of a column, one for each group: its rows are contiguous in `order`.
local function pieces(column, order, sizes)
  local sorted = column:take(order):values()
  local list, start = {}, 0
  for i, size in ipairs(sizes) do
    if native.is_tensor(sorted) then list[i] = sorted:narrow(0, start, size)
    else list[i] = table.move(sorted, start + 1, start + size, 1, {}) end
    start = start + size
  end
  return list
end

-- Sums and counts of all groups at once; NaN is left out.
local function totals(values, numbers, groups)
  values = values:to(values:is_floating_point() and 'float64' or 'int64')
  local present = values:isnan():logical_not()
  local function add(x) return torch.zeros({groups}, {dtype = x.dtype}):index_add(0, numbers, x) end
  return add(values:masked_fill(present:logical_not(), 0)), add(present:to 'int64')
end

local function count_texts(list)
  local count = 0
  for _, text in ipairs(list) do count = count + (text ~= '' and 1 or 0) end
  return count
end

-- One value for each group: a list or a tensor. split: order, the rows sorted by group; sizes; firsts, a row of each;
-- numbers, the group of each row.
local function aggregate(column, how, split)
  if how == 'first' then return column:take(split.firsts):values() end
  local apply = how
  if column.kind == 'text' then
    if how == 'count' then apply = count_texts end
    if type(apply) ~= 'function' then
      blame.raise(("group: '%s' needs numbers, column '%s' is text"):format(how, column.name))
    end
  elseif how == 'sum' or how == 'count' or how == 'mean' then
    local sum, count = totals(column:numbers(), split.numbers, #split.sizes)
    return how == 'sum' and sum or how == 'count' and count or sum:double() / count
  elseif type(how) ~= 'function' then
    local values = column:numbers()
    local integers = not values:is_floating_point() and values.dtype ~= 'bool'
    apply = function(piece)
      if integers and (how == 'min' or how == 'max') then return piece[how](piece):item() end
      piece = piece:double()
      return reductions[how](piece:masked_select(piece:isnan():logical_not()))
    end
  end
  local list = pieces(column, split.order, split.sizes)
  for i, piece in ipairs(list) do list[i] = apply(piece) end
  return list
end

-- The requests as {new name, column, how}, in the order given for a list, sorted by name otherwise.
local function requests_of(state, given, column_of)
  local requests = {}
  if given == nil then return {{'count', nil, 'count'}} end
  if type(given) ~= 'table' then
    blame.raise(('group: expected a table new = {column, how}, got %s'):format(type(given)))
  end
  for key, entry in pairs(given) do
    local name, column, how = key, entry, nil
    if type(entry) == 'table' then
      if type(key) == 'number' then name, column, how = entry[1], entry[2], entry[3]
      else column, how = entry[1], entry[2] end
    end
    if how == nil and column == 'count' then column, how = nil, 'count' end
    if type(how) ~= 'function' and not (how == 'count' or how == 'sum' or how == 'first' or reductions[how]) then
      local near = type(how) == 'string' and native.nearest(how, how_names)
      blame.raise(("group: %s: expected {column, how} with how a function or one of %s, got %s%s"):format(
        tostring(name), table.concat(how_names, ', '), type(how) == 'string' and "'" .. how .. "'" or type(how),
        near and (", did you mean '%s'?"):format(near) or ''))
    end
    if column then column_of(state, column, 'group') end
    requests[#requests + 1] = {name, column, how, key}
  end
  table.sort(requests, function(a, b)
    if math.type(a[4]) and math.type(b[4]) then return a[4] < b[4] end
    return tostring(a[1]) < tostring(b[1])
  end)
  return requests
end

return function(internal)
  -- how: mean, sum, min, max, count, std (n - 1), sem, median (NaN left out), first, or a function of the group's
  -- values (a Tensor, or a list of texts) that gives one value. new = 'count' counts rows; without the table, that.
  return function(self, names, given)
    local state = internal.state_of(self, 'group')
    if type(names) == 'string' then names = {names} end
    if type(names) ~= 'table' then blame.raise('group: expected a name or a list of names, got ' .. type(names)) end
    local lists = {}
    for i, name in ipairs(names) do lists[i] = internal.column_of(state, name, 'group'):list() end
    local requests = requests_of(state, given, internal.column_of)
    local numbers, firsts = codes(lists, state.rows, true)
    if #names == 0 then  -- all rows are one group
      for row = 1, state.rows do numbers[row] = 1 end
      firsts[1] = state.rows > 0 and 1 or nil
    end
    numbers = torch.tensor(numbers, {dtype = 'int64'}) - 1
    local split = {
      numbers = numbers,
      firsts = torch.tensor(firsts, {dtype = 'int64'}) - 1,
      order = numbers:argsort {stable = true, dim = 0},
      sizes = numbers:bincount({minlength = #firsts}):tolist(),
    }
    local result = internal.empty(#firsts)
    for _, name in ipairs(names) do
      internal.put(result[internal.KEY], name, state.columns[name]:take(split.firsts))
    end
    for _, request in ipairs(requests) do
      local name, column, how = table.unpack(request, 1, 3)
      result:column(name, column == nil and split.sizes or aggregate(state.columns[column], how, split))
    end
    return result
  end
end
