-- A Frame as text: aligned columns, cut where it is long or wide.
local native = require 'brain.native'

local max_rows, max_width, max_cell = 20, 100, 30

local function width_of(text) return utf8.len(text) or #text end

local function number_text(value)
  if value ~= value then return 'NaN' end
  if math.type(value) == 'integer' then return tostring(value) end
  return type(value) == 'boolean' and tostring(value) or ('%.6g'):format(value)
end

-- Control characters would break the lines, long texts the columns.
local function text_cell(text)
  text = text:gsub('%c', ' ')
  if width_of(text) <= max_cell then return text end
  return text:sub(1, (utf8.offset(text, max_cell - 2) or max_cell - 2) - 1) .. '...'
end

-- The shown cells of a column, its title first; places are 0-based rows, nil stands for what is left out.
local function cells_of(name, values, places)
  local numbers = native.is_tensor(values)
  local cells, width = {text_cell(name)}, width_of(text_cell(name))
  for i, place in ipairs(places) do
    local cell
    if not place then cell = '...'
    elseif numbers then cell = number_text(values[place]:item())
    else cell = text_cell(values[place + 1] or '') end
    cells[i + 1], width = cell, math.max(width, width_of(cell))
  end
  return {cells = cells, width = width, right = numbers}
end

local function padded(cell, column)
  local space = (' '):rep(column.width - width_of(cell))
  return column.right and space .. cell or cell .. space
end

-- As many columns from both ends as fit.
local function fitting(columns)
  local total = 0
  for _, column in ipairs(columns) do total = total + column.width + 2 end
  if total <= max_width then return columns end
  local left, right, used, low, high = {}, {}, 5, 1, #columns
  while low <= high do
    local from_left = #left <= #right
    local column = columns[from_left and low or high]
    if used + column.width + 2 > max_width and #left > 0 then break end
    used = used + column.width + 2
    if from_left then left[#left + 1], low = column, low + 1
    else table.insert(right, 1, column); high = high - 1 end
  end
  if low > high then return columns end
  local dots = {}
  for i = 1, #columns[1].cells do dots[i] = '...' end
  left[#left + 1] = {cells = dots, width = 3}
  return table.move(right, 1, #right, #left + 1, left)
end

return function(f)
  local names, rows = f.columns, #f
  local footer = ('[%d row%s x %d column%s]'):format(rows, rows == 1 and '' or 's', #names, #names == 1 and '' or 's')
  if #names == 0 then return 'Frame ' .. footer end
  local places = {}
  for row = 0, rows - 1 do
    if rows <= max_rows or row < max_rows // 2 or row >= rows - max_rows // 2 then places[#places + 1] = row end
    if rows > max_rows and row == max_rows // 2 then places[#places + 1] = false end
  end
  local columns = {}
  for name, values in pairs(f) do columns[#columns + 1] = cells_of(name, values, places) end
  columns = fitting(columns)
  local lines = {}
  for i = 1, #places + 1 do
    local parts = {}
    for k, column in ipairs(columns) do parts[k] = padded(column.cells[i], column) end
    lines[i] = (table.concat(parts, '  '):gsub(' +$', ''))
  end
  lines[#lines + 1] = footer
  return table.concat(lines, '\n')
end
