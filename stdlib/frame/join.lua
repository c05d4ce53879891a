-- f:join(other, {on =, kind = 'inner'|'left'}): rows of both frames that agree in the columns `on`.
local blame = require 'brain.blame'
local codes = require 'brain.frame.codes'
local options = require 'brain.options'

local function check(state, other, names)
  local shared = {}
  for _, name in ipairs(names) do
    shared[name] = true
    local a, b = state.columns[name].kind, other.columns[name].kind
    if a and b and a ~= b then
      blame.raise(("join: column '%s' is %s here and %s there"):format(name, a, b))
    end
  end
  for _, name in ipairs(other.names) do
    if state.columns[name] and not shared[name] then
      blame.raise(("join: both have a column '%s': rename one, or add it to on"):format(name))
    end
  end
  return shared
end

local function lists_of(state, names, column_of)
  local lists = {}
  for i, name in ipairs(names) do lists[i] = column_of(state, name, 'join'):list() end
  return lists
end

return function(internal)
  -- Every pair of rows that agree, in the order of this frame, then of the other; 'left' keeps rows without a partner,
  -- with NaN or ''. NaN agrees with nothing.
  return function(self, other, given)
    local state = internal.state_of(self, 'join')
    if type(other) ~= 'table' or not rawget(other, internal.KEY) then
      blame.raise('join: expected another Frame, got ' .. type(other))
    end
    local theirs = rawget(other, internal.KEY)
    local option = options('join', given, {on = options.none, kind = 'inner'})
    local names = type(option.on) == 'string' and {option.on} or option.on
    if type(names) ~= 'table' or #names == 0 then
      blame.raise('join: on: expected a name or a list of names, got ' .. type(names))
    end
    if option.kind ~= 'inner' and option.kind ~= 'left' then
      blame.raise(("join: kind: expected 'inner' or 'left', got '%s'"):format(tostring(option.kind)))
    end
    local own, foreign = lists_of(state, names, internal.column_of), lists_of(theirs, names, internal.column_of)
    local shared = check(state, theirs, names)
    local numbers, _, number_of = codes(foreign, theirs.rows)
    local rows_of = {}
    for row, number in ipairs(numbers) do
      rows_of[number] = rows_of[number] or {}
      table.insert(rows_of[number], row - 1)
    end
    rows_of[0] = nil  -- NaN
    local left, right = {}, {}
    for row = 1, state.rows do
      for _, partner in ipairs(rows_of[number_of(own, row)] or option.kind == 'left' and {-1} or {}) do
        left[#left + 1], right[#right + 1] = row - 1, partner
      end
    end
    local result = internal.taken(state, torch.tensor(left, {dtype = 'int64'}))
    right = torch.tensor(right, {dtype = 'int64'})
    for _, name in ipairs(theirs.names) do
      if not shared[name] then internal.put(result[internal.KEY], name, theirs.columns[name]:take(right)) end
    end
    return result
  end
end
