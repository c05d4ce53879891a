-- metrics.csv of a run: a row for each run:log. On resume the rows of the run so far are kept in the file until they
-- are logged again or shown to be left over.
local core = require 'brain.core'
local csv = require 'brain.csv'
local frame = require 'brain.frame'
local ordered = require 'brain.ordered'

local Metrics = {}
Metrics.__index = Metrics

-- path: the file, or nil to keep everything in memory; previous: a Frame, the rows logged before the run was resumed.
local function new(path, previous)
  return setmetatable({path = path, rows = frame.new {}, previous = previous}, Metrics)
end

local function missing(value) return value == nil or value ~= value or value == '' end

-- Whether two rows hold the same values; a column that only one of them has must be missing there.
local function same(a, b)
  for name, value in pairs(a) do
    if value ~= b[name] and not (missing(value) and missing(b[name])) then return false end
  end
  for name, value in pairs(b) do
    if a[name] == nil and not missing(value) then return false end
  end
  return true
end

local first = {epoch = 1, step = 2, batch = 3}  -- what the others are seen over

-- A row with the names of time first, the others sorted.
local function in_order(row)
  if type(row) ~= 'table' or getmetatable(row) then return row end
  local names, copy = {}, {}
  for name, value in pairs(row) do names[#names + 1], copy[name] = name, value end
  table.sort(names, function(a, b)
    local place_a, place_b = first[a] or math.huge, first[b] or math.huge
    if place_a ~= place_b then return place_a < place_b end
    return tostring(a) < tostring(b)
  end)
  return ordered(copy, names)
end

local function pending(self) return self.previous and #self.previous > #self.rows end

-- The file as it should be: the new rows, then those of before that have not come again.
local function rewrite(self)
  if not self.path then return end
  local all = self.rows
  if pending(self) then
    all = self.rows:copy()
    for i = #self.rows, #self.previous - 1 do all:append(self.previous:row(i)) end
  end
  all:write(self.path)
end

local function add_line(self, row)
  if not self.path then return end
  local values = {}
  for i, name in ipairs(self.rows.columns) do values[i] = {name, {row[name] == nil and torch.null or row[name]}} end
  local file = assert(io.open(self.path, 'ab'))
  file:write((csv.format(frame.new(values)):gsub('^[^\n]*\n', '', 1)))
  file:close()
end

-- Adds a row {name = value}; a new name begins a column.
function Metrics:log(row)
  row = in_order(row)
  local columns, place = #self.rows.columns, #self.rows
  local expected = pending(self) and self.previous:row(place)
  self.rows:append(row)
  if expected then
    if not same(self.rows:row(place), expected) then rewrite(self) end
  elseif #self.rows.columns ~= columns then
    rewrite(self)
  else
    add_line(self, row)
  end
end

-- Takes the next rows from those of before the resume, up to `count` in all; rows that were lost are an error.
function Metrics:restore(count)
  if count <= #self.rows then return end
  local there = self.previous and #self.previous or 0
  if there < count then
    error(('%s: expected %d rows of the run so far, found %d'):format(self.path or 'metrics', count, there), 0)
  end
  for i = #self.rows, count - 1 do self.rows:append(self.previous:row(i)) end
end

-- Drops what is left of before the resume.
function Metrics:cut()
  local left_over = pending(self)
  self.previous = nil
  if left_over then rewrite(self) end
end

-- The rows in the file of a run, or nil.
local function read(path)
  if core.exists(path) ~= 'file' then return nil end
  return frame.read(path)
end

return {new = new, read = read}
