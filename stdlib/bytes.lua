-- Sizes of memory as users write them.
local units = {[''] = 1, K = 1e3, M = 1e6, G = 1e9, Ki = 2 ^ 10, Mi = 2 ^ 20, Gi = 2 ^ 30}

-- bytes '512MB' or '1.5GiB' -> an integer, or nil where the text is no size.
return function(text)
  local number, unit = text:match '^(%d+%.?%d*) *([KMG]?i?)B?$'
  if not number or not units[unit] then return nil end
  return math.tointeger(math.floor(tonumber(number) * units[unit]))
end
