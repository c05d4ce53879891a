-- The metrics of a run as curves, where this program can draw.
local html = require 'brain.report.html'
local native = require 'brain.native'

local most = 6  -- figures

local function is_axis(values)
  return native.is_tensor(values) and values.dtype == 'int64' and values:diff():ge(0):all():item()
end

-- The first column of integers that never fall, or nil: rows are counted then.
local function axis_of(rows)
  for name, values in pairs(rows) do
    if is_axis(values) then return name, values end
  end
end

-- Columns of one kind, as loss and validation.loss, in the order in which they come: {kind, {names}}.
local function grouped(rows, axis)
  local groups, by_kind = {}, {}
  for name, values in pairs(rows) do
    if name ~= axis and native.is_tensor(values) and values.dtype ~= 'bool' then
      local kind = name:match '([^./]+)$' or name
      if not by_kind[kind] then
        by_kind[kind] = {kind, {}}
        groups[#groups + 1] = by_kind[kind]
      end
      table.insert(by_kind[kind][2], name)
    end
  end
  return groups
end

-- The rows in which all of these are numbers.
local function present(rows, names)
  local mask
  for _, name in ipairs(names) do
    local there = rows:column(name):isnan():logical_not()
    mask = mask and mask:logical_and(there) or there
  end
  return mask
end

-- rows: the Frame of metrics.csv; gives HTML, '' where nothing can be drawn.
return function(rows)
  local ok, plot = pcall(require, 'brain.plot')
  if not ok or not package.loaded['brain.plot.native'] or #rows < 2 then return '' end
  local axis, x = axis_of(rows)
  x = x or torch.arange(#rows)
  local parts = {}
  for _, group in ipairs(grouped(rows, axis)) do
    local kind, names = group[1], group[2]
    local mask = present(rows, names)
    if #parts < most and mask:sum():item() >= 2 then
      local series = {}
      for i, name in ipairs(names) do series[i] = {y = rows:column(name):masked_select(mask), label = name} end
      local figure = plot.lines {x = x:masked_select(mask), y = series, xlabel = axis or 'row', ylabel = kind,
        legend = #names > 1}
      parts[#parts + 1] = ('<figure><img alt="%s" src="data:image/svg+xml;base64,%s"></figure>'):format(
        html.escape(kind), html.base64(figure:svg()))
    end
  end
  return #parts > 0 and '<div class="pair">' .. table.concat(parts, '\n') .. '</div>' or ''
end
