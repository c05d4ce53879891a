-- f:sort(names, {descending = false}): the rows in order, stable, missing numbers last.
local blame = require 'brain.blame'
local options = require 'brain.options'

-- Texts as the ranks of their sorted distinct values.
local function ranks(texts)
  local distinct, rank = {}, {}
  for _, text in ipairs(texts) do
    if not rank[text] then
      rank[text] = 0
      distinct[#distinct + 1] = text
    end
  end
  table.sort(distinct)
  for i, text in ipairs(distinct) do rank[text] = i end
  local list = {}
  for i, text in ipairs(texts) do list[i] = rank[text] end
  return torch.tensor(list, {dtype = 'int64'})
end

-- The rows `order` brought into the order of a key, equal ones left as they are.
local function sorted_by(key, order, descending)
  local function reorder(values, down)
    order = order:index_select(0, values:index_select(0, order):argsort {stable = true, descending = down, dim = 0})
  end
  if key.dtype == 'bool' then key = key:to 'int8' end
  reorder(key, descending)
  if key:is_floating_point() then reorder(key:isnan():to 'int8', false) end
  return order
end

return function(internal)
  -- names: one or a list, the most important first; descending: true for all, or a list of those that descend.
  return function(self, names, given)
    local state = internal.state_of(self, 'sort')
    local descending = options('sort', given, {descending = false}).descending
    if type(names) == 'string' then names = {names} end
    if type(names) ~= 'table' then blame.raise('sort: expected a name or a list of names, got ' .. type(names)) end
    local down = {}
    for _, name in ipairs(type(descending) == 'table' and descending or descending and names or {}) do
      internal.column_of(state, name, 'sort')
      down[name] = true
    end
    local order = torch.arange(state.rows)
    for i = #names, 1, -1 do
      local column = internal.column_of(state, names[i], 'sort')
      if state.rows > 0 then
        local key = column.kind == 'text' and ranks(column:values()) or column:values()
        order = sorted_by(key, order, down[names[i]] or false)
      end
    end
    return internal.taken(state, order)
  end
end
