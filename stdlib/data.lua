-- data: what is read, as data sets and records.
local dataset = require 'brain.dataset'

local data = {}

-- data.tensors{image = t, target = u, labels = list}: columns of equal length, samples along the first axis.
function data.tensors(columns)
  if type(columns) ~= 'table' then error(('tensors: expected a table of columns, got %s'):format(type(columns)), 2) end
  return dataset.new(columns, {labels = columns.labels and 'labels' or nil})
end

data.loader = require('brain.loader').new

return data
