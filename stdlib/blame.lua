-- Errors that point at the user's line: `blame.raise(message)` puts the position of the innermost frame outside the
-- library in front.
local blame = {}

function blame.raise(message)
  for level = 2, 100 do
    local info = debug.getinfo(level, 'Sl')
    if not info then break end
    if info.what ~= 'C' and not info.source:find '^=brain/' then
      local position = ('%s:%d: '):format(info.short_src, info.currentline)
      if message:sub(1, #position) == position then position = '' end  -- raised so further inside
      error(position .. message, 0)
    end
  end
  error(message, 0)
end

-- f(...), a native function: what it raises, which has no position under pcall, points at the user's line.
function blame.call(f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local message = results[2]
  if type(message) ~= 'string' or message == 'interrupted' then error(message, 0) end
  blame.raise((message:gsub('^brain/[%w_/]+%.lua:%d+: ', '')))
end

-- A function like f whose errors point at the user's line, whatever they passed through on the way.
function blame.wrap(f)
  return function(...) return blame.call(f, ...) end
end

return blame
