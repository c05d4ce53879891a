-- Numbers for names: what several labels or conditions are called becomes indices.

-- A list of texts or of numbers -> int64 [n] of the 0-based place of each among the different ones in ascending order, and these.
return function(list)
  local seen, names = {}, {}
  for _, value in ipairs(list) do
    if not seen[value] then seen[value], names[#names + 1] = true, value end
  end
  table.sort(names)
  for place, value in ipairs(names) do seen[value] = place - 1 end
  local places = {}
  for i, value in ipairs(list) do places[i] = seen[value] end
  return torch.tensor(places, {dtype = 'int64'}), names
end
