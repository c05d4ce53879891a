-- f:where(condition): the rows for which it holds.
local blame = require 'brain.blame'
local native = require 'brain.native'

-- Which rows of a column equal a value, are in a list, or satisfy a function: a bool tensor.
local function matches(column, wanted)
  local values = column:values()
  if type(wanted) == 'number' and native.is_tensor(values) then return values:eq(wanted) end
  if type(wanted) == 'boolean' and native.is_tensor(values) then return values:ne(0):eq(wanted) end
  local holds = wanted
  if type(wanted) == 'table' then
    local set = {}
    for _, value in ipairs(wanted) do set[value] = true end
    holds = function(value) return set[value] end
  elseif type(wanted) ~= 'function' then
    holds = function(value) return value == wanted end
  end
  local flags = {}
  for i, value in ipairs(column:list()) do flags[i] = holds(value) and true or false end
  return torch.tensor(flags, {dtype = 'bool'})
end

-- For each row, what fn(row) says; the row is a view that reads columns as they are asked for.
local function satisfied(state, fn, column_of)
  local lists, at = {}, 0
  local row = setmetatable({}, {__index = function(_, name)
    local list = lists[name]
    if not list then
      list = column_of(state, name, 'where'):list()
      lists[name] = list
    end
    return list[at]
  end})
  local flags = {}
  for i = 1, state.rows do
    at = i
    flags[i] = fn(row) and true or false
  end
  return torch.tensor(flags, {dtype = 'bool'})
end

return function(internal)
  -- condition: a function of a row, a table column -> value, list of values or function of the value (all must
  -- hold), or a bool Tensor [rows].
  return function(self, condition)
    local state = internal.state_of(self, 'where')
    local mask
    if native.is_tensor(condition) then
      mask = condition
      if mask.dtype ~= 'bool' or mask:dim() ~= 1 or #mask ~= state.rows then
        blame.raise(('where: expected a bool Tensor of shape {%d}, got %s of shape %s'):format(state.rows, mask.dtype,
          tostring(mask.shape)))
      end
    elseif type(condition) == 'function' then
      mask = satisfied(state, condition, internal.column_of)
    elseif type(condition) == 'table' and #condition == 0 then
      for name, wanted in pairs(condition) do
        local match = matches(internal.column_of(state, name, 'where'), wanted)
        mask = mask and mask:logical_and(match) or match
      end
      mask = mask or torch.ones({state.rows}, {dtype = 'bool'})
    else
      blame.raise(('where: expected a function, a table column -> value or a bool Tensor, got %s'):format(
        type(condition) == 'table' and 'a list' or type(condition)))
    end
    return internal.taken(state, mask:cpu():nonzero():reshape(-1))
  end
end
