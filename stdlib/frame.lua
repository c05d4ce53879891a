-- Frame, the one table type: ordered columns (numbers and booleans as 1-D tensors, text as lists).
--
-- `f.name` is a column, `f.name = values` sets one, `#f` counts rows, `pairs(f)` gives names and columns in order.
-- Rows are counted from 0. Every method returns a new Frame and leaves its own untouched, append and rename excepted.
local blame = require 'brain.blame'
local columns = require 'brain.frame.column'
local native = require 'brain.native'
local ordered = require 'brain.ordered'

local raise = blame.raise

local frame = {}
local Frame = {}
local meta = {__name = 'Frame', methods = Frame}
local KEY = {}  -- where a frame keeps {names, columns, rows}: a key no column can have

local function state_of(f, method)
  local state = type(f) == 'table' and rawget(f, KEY)
  if not state then
    raise(('%s: expected a Frame, got %s; call it as f:%s(...)'):format(method,
      native.is_tensor(f) and 'a Tensor' or type(f), method))
  end
  return state
end

local function did_you_mean(name, names)
  local near = native.nearest(tostring(name), names)
  if near then return (", did you mean '%s'?"):format(near) end
  return #names > 0 and #names <= 12 and '; columns are ' .. table.concat(names, ', ') or ''
end

local function column_of(state, name, method)
  local column = state.columns[name]
  if column then return column end
  raise(("%sno column '%s'%s"):format(method and method .. ': ' or '', tostring(name),
    did_you_mean(name, state.names)))
end

local function empty(rows) return setmetatable({[KEY] = {names = {}, columns = {}, rows = rows or 0}}, meta) end

-- Sets a column in place or adds it behind the others.
local function put(state, name, column)
  if not state.columns[name] then state.names[#state.names + 1] = name end
  state.columns[name] = column
end

-- A frame of the same rows picked from each column; `places` is an int64 tensor of rows, -1 for a row
-- of missing values.
local function taken(state, places)
  local result = empty(#places)
  for _, name in ipairs(state.names) do put(result[KEY], name, state.columns[name]:take(places)) end
  return result
end

local function check_name(name, method)
  if type(name) ~= 'string' or name == '' then
    raise(("%s: expected names of columns, got %s"):format(method, type(name) == 'string' and "''" or type(name)))
  end
end

-- {name, values} pairs as a frame; single values are repeated.
local function build(pairs_of)
  local result = empty()
  local state, rows = result[KEY], nil
  local first
  for _, entry in ipairs(pairs_of) do
    local name, values = entry[1], entry[2]
    check_name(name, 'frame.new')
    if state.columns[name] ~= nil then raise(("frame.new: column '%s' comes twice"):format(name)) end
    if values == nil then raise(("frame.new: column '%s': expected a Tensor or a list, got nil"):format(name)) end
    if native.is_tensor(values) and values:dim() > 0 or type(values) == 'table' then
      local column = columns.from(name, values)
      if rows and column.rows ~= rows then
        raise(("frame.new: column '%s': expected %d rows as '%s' has, got %d"):format(name, rows, first, column.rows))
      end
      rows, first = column.rows, first or name
      put(state, name, column)
    else
      put(state, name, false)
    end
  end
  state.rows = rows or (#state.names > 0 and 1 or 0)
  for _, entry in ipairs(pairs_of) do
    if not state.columns[entry[1]] then state.columns[entry[1]] = columns.from(entry[1], entry[2], state.rows) end
  end
  return result
end

-- The {name, values} pairs of what frame.new takes.
local function entries(spec)
  if type(spec) ~= 'table' then raise(('frame.new: expected a table of columns, got %s'):format(type(spec))) end
  if rawget(spec, KEY) or #spec == 0 then
    local list, own = {}, getmetatable(spec)
    for name, values in pairs(spec) do list[#list + 1] = {name, values} end
    if not (own and own.__pairs) then
      for _, entry in ipairs(list) do check_name(entry[1], 'frame.new') end
      table.sort(list, function(a, b) return a[1] < b[1] end)
    end
    return list
  end
  for i, entry in ipairs(spec) do
    if type(entry) ~= 'table' then
      raise(('frame.new: column %d: expected {name, values}, got %s'):format(i, type(entry)))
    end
  end
  return spec
end

-- frame.new{{name, values}, ...} or frame.new{name = values, ...}; values: a 1-D Tensor, a list of numbers, booleans or
-- texts, or one value for every row.
function frame.new(spec) return build(entries(spec)) end

-- frame.from_rows{{a = 1, b = 'x'}, ...}; columns in the order in which they first come, sorted within a row.
function frame.from_rows(rows)
  if type(rows) ~= 'table' then raise(('frame.from_rows: expected a list of rows, got %s'):format(type(rows))) end
  local result = empty()
  for _, row in ipairs(rows) do result:append(row) end
  return result
end

-- frame.read(path, {types = {column = 'text'|'number'|'integer'|'boolean'}, separator =, columns =})
function frame.read(path, options) return frame.new(blame.call(require('brain.csv').read, path, options)) end

function frame.is_frame(value) return type(value) == 'table' and rawget(value, KEY) ~= nil end

function Frame:column(name, values)
  local state = state_of(self, 'column')
  if values == nil then return column_of(state, name, 'column'):values() end
  check_name(name, 'column')
  local column = columns.from(name, values, state.rows)
  if #state.names == 0 then state.rows = column.rows end
  if column.rows ~= state.rows then
    raise(("column '%s': expected %d rows, got %d"):format(name, state.rows, column.rows))
  end
  put(state, name, column)
end

-- Row i (from 0) as a table name -> value; -1 is the last.
function Frame:row(i)
  local state = state_of(self, 'row')
  local place = math.type(i) == 'float' and math.tointeger(i) or i
  if math.type(place) ~= 'integer' then raise('row: expected an integer, got ' .. type(i)) end
  if place < 0 then place = place + state.rows end
  if place < 0 or place >= state.rows then
    raise(('row: index %s is out of range for %d rows (they count from 0)'):format(i, state.rows))
  end
  local row = {}
  for _, name in ipairs(state.names) do
    local values = state.columns[name]:values()
    if native.is_tensor(values) then row[name] = values[place]:item() else row[name] = values[place + 1] end
  end
  return ordered(row, {table.unpack(state.names)})
end

-- for i, row in f:each() do: rows as tables, counted from 0.
function Frame:each()
  local state = state_of(self, 'each')
  local lists = {}
  for _, name in ipairs(state.names) do lists[name] = state.columns[name]:list() end
  local function following(_, i)
    i = i + 1
    if i >= state.rows then return nil end
    local row = {}
    for name, list in next, lists do row[name] = list[i + 1] end
    return i, row
  end
  return following, nil, -1
end

-- Adds a row {name = value, ...}: a column not named gets NaN or '', a new name begins a column.
function Frame:append(row)
  local state = state_of(self, 'append')
  if type(row) ~= 'table' or native.is_tensor(row) or rawlen(row) > 0 then
    raise('append: expected a row {name = value, ...}, got ' .. (type(row) == 'table' and 'a list' or type(row)))
  end
  local added = {}  -- the new columns
  for name in pairs(row) do
    check_name(name, 'append')
    if not state.columns[name] then added[#added + 1] = name end
  end
  if not (getmetatable(row) and getmetatable(row).__pairs) then table.sort(added) end
  for i, name in ipairs(added) do added[i] = columns.from(name, torch.null, state.rows) end
  -- All or nothing: every value is looked at before the first is added.
  for name, column in pairs(state.columns) do column:check(row[name]) end
  for _, column in ipairs(added) do column:check(row[column.name]) end
  for _, column in ipairs(added) do put(state, column.name, column) end
  for name, column in pairs(state.columns) do column:append(row[name]) end
  state.rows = state.rows + 1
  return self
end

-- The columns of that name or list of names, in that order.
function Frame:select(names)
  local state = state_of(self, 'select')
  if type(names) == 'string' then names = {names} end
  if type(names) ~= 'table' then raise('select: expected a list of names, got ' .. type(names)) end
  local result = empty(state.rows)
  for _, name in ipairs(names) do put(result[KEY], name, column_of(state, name, 'select'):copy()) end
  return result
end

-- f:rename{old = 'new'}, in place.
function Frame:rename(new_names)
  local state = state_of(self, 'rename')
  local names, renamed = {}, {}
  for old in pairs(new_names) do column_of(state, old, 'rename') end
  for i, name in ipairs(state.names) do
    local new = new_names[name] or name
    if renamed[new] then raise(("rename: two columns would be '%s'"):format(new)) end
    names[i], renamed[new] = new, state.columns[name]
    renamed[new].name = new
  end
  state.names, state.columns = names, renamed
  return self
end

-- The rows at a list or int64 tensor of 0-based places, in that order.
function Frame:take(places)
  local state = state_of(self, 'take')
  if not native.is_tensor(places) then places = torch.tensor(places, {dtype = 'int64'}) end
  places = places:to 'int64':reshape(-1)
  if #places > 0 and (places:min():item() < 0 or places:max():item() >= state.rows) then
    raise(('take: expected rows from 0 to %d, got %d'):format(state.rows - 1,
      places:min():item() < 0 and places:min():item() or places:max():item()))
  end
  return taken(state, places)
end

-- The first n rows.
function Frame:head(n)
  local state = state_of(self, 'head')
  return taken(state, torch.arange(math.max(0, math.min(n or 10, state.rows))))
end

function Frame:copy() return self:select(state_of(self, 'copy').names) end

-- f:write(path, {separator =}): CSV, or TSV by the extension; whole or not at all.
function Frame:write(path, options)
  state_of(self, 'write')
  blame.call(require('brain.csv').write, path, self, options)
  return self
end

local internal = {state_of = state_of, column_of = column_of, empty = empty, put = put, taken = taken, KEY = KEY}
for _, part in ipairs {'where', 'sort', 'group', 'join'} do
  Frame[part] = require('brain.frame.' .. part)(internal)
end

function meta.__index(f, name)
  local state = rawget(f, KEY)
  if Frame[name] then return Frame[name] end  -- a column of that name: f:column(name)
  if name == 'columns' then return {table.unpack(state.names)} end
  return column_of(state, name):values()
end

function meta.__newindex(f, name, values)
  if Frame[name] or name == 'columns' then
    raise(("'%s' is a method of frames: f:column('%s', values) sets a column of that name"):format(name, name))
  end
  if values ~= nil then return Frame.column(f, name, values) end
  local state = rawget(f, KEY)  -- f.name = nil takes the column away
  column_of(state, name)
  state.columns[name] = nil
  for i, known in ipairs(state.names) do
    if known == name then return table.remove(state.names, i) end
  end
end

function meta.__len(f) return f[KEY].rows end

function meta.__pairs(f)
  local state, i = rawget(f, KEY), 0
  return function()
    i = i + 1
    local name = state.names[i]
    if name then return name, state.columns[name]:values() end
  end
end

function meta.__tostring(f) return require 'brain.frame.show'(f) end

return frame
