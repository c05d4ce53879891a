-- Errors as a message and the frames of the user's own code.
--
-- A chunk is the user's unless its name starts with "=brain/" (the modules built into the program);
-- C functions are left out, so the first frame is the user's line that led to the error.
local traceback = {}

local first_frames, last_frames = 10, 10  -- of a deep recursion, as the Lua interpreter cuts it

local function level_exists(level) return debug.getinfo(level + 1, 'l') ~= nil end

-- Number of levels above the caller, in O(log n) looks: a stack overflow has about 200,000.
local function depth()
  local low, high = 1, 2
  while level_exists(high + 1) do low, high = high, high * 2 end
  while low + 1 < high do
    local middle = (low + high) // 2
    if level_exists(middle + 1) then low = middle else high = middle end
  end
  return low
end

local function where(info)
  if info.what == 'main' then return 'main chunk' end
  if info.name then
    local kind = (info.namewhat == 'global' or info.namewhat == '') and 'function' or info.namewhat
    return ("%s '%s'"):format(kind, info.name)
  end
  -- The prompt compiles an input as a function of its own: a vararg without parameters.
  if info.source == '=prompt' and info.isvararg and info.nparams == 0 then return 'main chunk' end
  return ('function <%s:%d>'):format(info.short_src, info.linedefined)
end

local function add_frames(frames, from, to)
  for level = from, to do
    local info = debug.getinfo(level + 1, 'Slntu')
    if not info then return end
    if info.what ~= 'C' and not info.source:find '^=brain/' then
      local line = info.currentline > 0 and ':' .. info.currentline or ''
      frames[#frames + 1] = ('%s%s: in %s'):format(info.short_src, line, where(info))
      if info.istailcall then frames[#frames + 1] = '(...tail calls...)' end
    end
  end
end

-- What an error value says: a string as raised, an object through __tostring, otherwise its type.
function traceback.message(value)
  if type(value) == 'string' or type(value) == 'number' then return tostring(value) end
  local meta = debug.getmetatable(value)
  if meta and rawget(meta, '__tostring') then
    local ok, text = pcall(tostring, value)
    if ok then return text end
  end
  return ('(error object is a %s value)'):format(type(value))
end

-- A message handler for xpcall: {message = text, frames = list of lines, innermost first}. A report that is
-- raised again is returned as it is.
function traceback.handler(value)
  if type(value) == 'table' and rawget(value, 'message') and rawget(value, 'frames') then return value end
  local frames, last = {}, depth()
  local scan = 5 * (first_frames + last_frames)  -- levels looked at from each end
  if last <= 2 * scan then
    add_frames(frames, 2, last)
  else
    add_frames(frames, 2, scan)
    add_frames(frames, last - scan, last)
  end
  local skipped = #frames - first_frames - last_frames
  if last > 2 * scan or skipped > 0 then
    local note = last > 2 * scan and '... (deep recursion)' or ('... (%d more)'):format(skipped)
    table.move(frames, #frames - last_frames + 1, #frames, first_frames + 2)
    for i = #frames, first_frames + last_frames + 2, -1 do frames[i] = nil end
    frames[first_frames + 1] = note
  end
  return {message = traceback.message(value), frames = frames}
end

-- The report as text: the message, then one indented line per frame.
function traceback.format(report)
  if #report.frames == 0 then return report.message end
  return report.message .. '\n  ' .. table.concat(report.frames, '\n  ')
end

return traceback
