-- What plot.lines and its kin share: checking options, reading numbers, and the figures they return.
local native = require 'brain.plot.native'
local is_tensor = require('brain.native').is_tensor
local nearest = require('brain.native').nearest
local torch = require 'brain.torch'

local figure = {colours = native.colours()}

local widths = {single = 89, double = 183}

-- Options every kind of figure takes, beside its own.
local common = {
  'width', 'height', 'font', 'family', 'title', 'xlabel', 'ylabel', 'xlim', 'ylim', 'xticks', 'yticks', 'legend',
}

function figure.fail(owner, format, ...) error(owner .. ': ' .. format:format(...), 0) end

-- Refuses names that are neither common nor in `own` (a list).
function figure.check_options(owner, options, own, without_common)
  if type(options) ~= 'table' or is_tensor(options) then
    figure.fail(owner, 'expected a table of options, got %s', is_tensor(options) and 'Tensor' or type(options))
  end
  local known = {}
  for _, list in ipairs {own, without_common and {} or common} do table.move(list, 1, #list, #known + 1, known) end
  local set = {}
  for _, name in ipairs(known) do set[name] = true end
  for name in pairs(options) do
    if type(name) ~= 'string' then figure.fail(owner, 'expected named options only, found a list part') end
    if not set[name] then
      local near = nearest(name, known)
      figure.fail(owner, "unknown option '%s'%s", name,
        near and (", did you mean '%s'?"):format(near) or '; options are ' .. table.concat(known, ', '))
    end
  end
end

-- 'single' (89 mm), 'double' (183 mm) or a number of mm.
function figure.width(owner, width)
  if width == nil then return widths.single end
  if type(width) == 'number' then return width end
  return widths[width] or figure.fail(owner, "width: expected 'single', 'double' or a number of mm, got %s", tostring(width))
end

-- A Tensor, number or list as a float64 Tensor, detached.
function figure.tensor(owner, name, value)
  if is_tensor(value) then return value:detach():to 'cpu':double() end
  if type(value) == 'number' then return torch.tensor(value, {dtype = 'float64'}) end
  if type(value) ~= 'table' then
    figure.fail(owner, '%s: expected Tensor or list of numbers, got %s', name, value == nil and 'nothing' or type(value))
  end
  local plain, parts = true, {}
  for i, element in ipairs(value) do
    plain = plain and not is_tensor(element)
    parts[i] = element
  end
  if not plain then
    for i, element in ipairs(parts) do parts[i] = figure.tensor(owner, name, element) end
    for i, part in ipairs(parts) do
      if part.shape ~= parts[1].shape then
        figure.fail(owner, '%s[%d]: expected shape %s, as the first, got %s', name, i, parts[1].shape, part.shape)
      end
    end
    return torch.stack(parts)
  end
  local ok, result = pcall(torch.tensor, parts, {dtype = 'float64'})
  if not ok then figure.fail(owner, '%s: expected a list of numbers', name) end
  return result
end

-- One number per place: a 1-D float64 Tensor of `length` (any where nil); a number is repeated.
function figure.vector(owner, name, value, length)
  local t = figure.tensor(owner, name, value)
  if t.ndim == 0 then t = t:expand(length or 1) end
  if t.ndim ~= 1 then figure.fail(owner, '%s: expected one axis, got shape %s', name, t.shape) end
  if length and #t ~= length then figure.fail(owner, '%s: expected %d values, got %d', name, length, #t) end
  if #t == 0 then figure.fail(owner, '%s: expected at least one value, got none', name) end
  return t
end

local function is_pair(value)
  if type(value) ~= 'table' or is_tensor(value) then return false end
  if value.low ~= nil and value.high ~= nil then return true end
  return #value == 2 and (is_tensor(value[1]) or type(value[1]) == 'table')
end

-- Low and high of y from half widths of y's shape, a number, or {low, high} (bounds, also by these names).
function figure.bounds(owner, name, value, y)
  if value == nil then return nil end
  local function shaped(part, label)
    local t = figure.tensor(owner, label, part)
    if t.ndim == 0 then t = t:expand(y.shape) end
    if t.shape ~= y.shape then
      figure.fail(owner, '%s: expected shape %s, as the values, got %s', label, y.shape, t.shape)
    end
    return t
  end
  if is_pair(value) then
    return shaped(value.low or value[1], name .. '.low'), shaped(value.high or value[2], name .. '.high')
  end
  local half = shaped(value, name)
  return y - half, y + half
end

-- Lower and upper bound of a noise ceiling, each a number or one per place: {low, high}, also by these names.
function figure.ceiling(owner, ceiling, length)
  if type(ceiling) ~= 'table' or is_tensor(ceiling) then
    figure.fail(owner, 'ceiling: expected {low, high}, got %s', is_tensor(ceiling) and 'Tensor' or type(ceiling))
  end
  return figure.vector(owner, 'ceiling.low', ceiling.low or ceiling[1], length),
    figure.vector(owner, 'ceiling.high', ceiling.high or ceiling[2], length)
end

-- The i-th of a list of colours, else of the palette; colours may be one name for all.
function figure.colour(colours, i)
  if type(colours) == 'string' then return colours end
  return colours and colours[i] or figure.colours[(i - 1) % #figure.colours + 1]
end

function figure.check_list(owner, name, list, length)
  if list == nil then return end
  if type(list) ~= 'table' or is_tensor(list) then figure.fail(owner, '%s: expected a list, got %s', name, type(list)) end
  if #list ~= length then figure.fail(owner, '%s: expected %d, got %d', name, length, #list) end
end

-- Runs f, so that an error is told at the line that asked for the figure, with the kind in front.
function figure.kind(owner, f)
  return function(...)
    local results = table.pack(pcall(f, ...))
    if results[1] then return table.unpack(results, 2, results.n) end
    local message = results[2]
    if type(message) == 'string' then
      message = message:gsub('^brain/[%w_/]+%.lua:%d+: ', '')
      if message:sub(1, #owner + 1) ~= owner .. ':' and message ~= 'interrupted' then message = owner .. ': ' .. message end
    end
    error(message, message == 'interrupted' and 0 or 2)
  end
end

local Figure = {}
Figure.__index = Figure
Figure.__name = 'Figure'
Figure.__tostring = function(self) return ('figure of %g x %g mm; :save \'name.pdf\''):format(self.width, self.height) end

-- Writes path (.pdf, .svg or .png), and its numbers beside it as .csv unless csv = false; dpi counts for .png.
function Figure:save(path, options)
  options = options or {}
  figure.check_options('save', options, {'dpi', 'csv'}, true)
  if type(path) ~= 'string' then figure.fail('save', 'path: expected string, got %s', type(path)) end
  local csv = options.csv ~= false and path:gsub('%.%a+$', '') .. '.csv' or nil
  self.native:save(path, options.dpi, csv)
end

-- The picture as text for a page of HTML; the ids are the figure's own.
function Figure:svg() return (self.native:render('svg'):gsub('^<%?xml.-%?>%s*', '')) end

function Figure:png(options)
  options = options or {}
  figure.check_options('png', options, {'dpi'}, true)
  return self.native:render('png', options.dpi)
end

function Figure:pdf() return self.native:render 'pdf' end

-- The numbers as text: panel, series, x, y, low, high.
function Figure:csv() return self.native:table() end

for _, name in ipairs {'save', 'svg', 'png', 'pdf', 'csv'} do Figure[name] = figure.kind('figure', Figure[name]) end

function figure.wrap(handle, width, height, kind)
  return setmetatable({native = handle, width = width, height = height, kind = kind}, Figure)
end

function figure.is(value) return getmetatable(value) == Figure end

-- A native figure with the common options; `own` adds to what the panel gets.
function figure.new(owner, options, own, ratio)
  local panel = {}
  for _, name in ipairs(common) do panel[name] = options[name] end
  if options.legend == false then panel.legend = 'none' end
  if options.legend == true then panel.legend = nil end
  panel.width = figure.width(owner, options.width)
  panel.height = options.height or panel.width * (panel.width > 120 and 0.6 or 1) * (ratio or 0.7)
  for name, value in pairs(own or {}) do panel[name] = value end
  return native.figure(panel), panel.width, panel.height
end

-- Lines across the panel at one place or several.
function figure.add_rules(handle, owner, options)
  for _, side in ipairs {{'vline', true}, {'hline', false}} do
    local name, vertical = side[1], side[2]
    if options[name] ~= nil then
      for _, value in ipairs(figure.vector(owner, name, options[name]):tolist()) do
        handle:add('rule', {vertical = vertical, value = value, dashed = vertical or value ~= 0})
      end
    end
  end
end

return figure
