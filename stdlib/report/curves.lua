-- The metrics of a run over time as figures, where this program can draw.
local core = require 'brain.core'
local html = require 'brain.report.html'
local native = require 'brain.native'

local most = 6  -- curves

return function(rows)
  local has_plot, plot = pcall(require, 'brain.plot')
  if not has_plot or #rows < 2 then return '' end
  local x_name = rows.columns[1]
  local figures = {}
  for name, values in pairs(rows) do
    if name ~= x_name and native.is_tensor(values) and #figures < most then figures[#figures + 1] = name end
  end
  return ''
end
