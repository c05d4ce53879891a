-- Designs: a name for each row of a matrix, as numbers.
local places = require 'brain.places'
local is_tensor = require('brain.native').is_tensor

-- A name for each row (numbers or text, a list or a Tensor) as int64 numbers 0 ... k-1 of the sorted names, and the
-- names.
return function(given, owner, name, rows)
  local list = is_tensor(given) and given:tolist() or given
  if type(list) ~= 'table' or #list ~= rows then
    error(('%s: %s: expected one for each of %d rows, got %s'):format(owner, name, rows,
      type(list) == 'table' and #list or type(list)), 0)
  end
  for i, value in ipairs(list) do
    if type(value) ~= 'string' and type(value) ~= 'number' then
      error(('%s: %s: expected text or numbers, got %s at row %d'):format(owner, name, type(value), i - 1), 0)
    end
    if type(value) ~= type(list[1]) then
      error(('%s: %s: expected text or numbers, got both'):format(owner, name), 0)
    end
  end
  return places(list)
end
