-- Rows that agree in some columns: codes(lists of columns' values) for group and join.

-- Numbers the distinct combinations of several lists of equal length from 1 in the order in which they come. Gives
-- the number of each row, one row (from 1) of each combination, and a function that numbers a further row: it gives nil
-- for a combination that did not come. NaN is one value where `nan_is_value`, otherwise such rows get no number (0).
return function(lists, rows, nan_is_value)
  local tree, firsts, numbers = {}, {}, {}
  local count = 0
  local function number(row_lists, row, create)
    local node = tree
    for depth = 1, #lists do
      local value = row_lists[depth][row]
      if value ~= value then
        if not nan_is_value then return 0 end
        value = tree  -- stands for NaN, which cannot be a key
      end
      local following = node[value]
      if not following then
        if not create then return nil end
        if depth == #lists then
          count = count + 1
          following = count
          firsts[count] = row
        else
          following = {}
        end
        node[value] = following
      end
      node = following
    end
    return node
  end
  for row = 1, rows do numbers[row] = number(lists, row, true) end
  return numbers, firsts, function(other, row) return number(other, row, false) end
end
