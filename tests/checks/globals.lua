-- Reads the compiled form of Lua files and names every global they assign, and every one they read that is
-- neither Lua's nor brainlua's. Arguments: files. Prints "FILE:LINE: ..." for each.
-- The layout is that of Lua 5.4's lundump.c, the operations that of lopcodes.h.
local GETTABUP, SETTABUP = 11, 15
local known = getmetatable(_G).__index  -- behind the scripts' strict environment

local function reader(bytes)
  local at = #'\27Lua' + 2 + 6 + 3 + 8 + 8 + 1 + 1  -- magic, version, data, sizes, numbers, upvalue count
  local read = {}
  function read.unpack(format)
    local value
    value, at = string.unpack('<' .. format, bytes, at)
    return value
  end
  function read.size()  -- seven bits a byte, the last one marked
    local value = 0
    repeat
      local byte = read.unpack 'B'
      value = value << 7 | byte & 0x7f
    until byte & 0x80 ~= 0
    return value
  end
  function read.string()
    local size = read.size()
    return size > 0 and read.unpack('c' .. size - 1) or nil
  end
  function read.list(f)
    local list = {}
    for i = 1, read.size() do list[i] = f() end
    return list
  end
  return read
end

local function constant(read)
  local kind = read.unpack 'B'
  if kind == 0x03 or kind == 0x13 then return kind == 0x03 and read.unpack 'i8' or read.unpack 'd' end
  if kind == 0x04 or kind == 0x14 then return read.string() end
  return kind  -- nil or a boolean
end

-- Calls found(verb, name, line) for each global of the function at the reader's place and those inside.
local function visit(read, found)
  read.string()
  local line = read.size()
  read.size()
  read.unpack 'c3'
  local code = read.list(function() return read.unpack 'I4' end)
  local constants = read.list(function() return constant(read) end)
  read.list(function() return read.unpack 'c3' end)
  read.list(function() visit(read, found) end)
  local steps = read.list(function() return read.unpack 'b' end)
  local lines = {}
  for _ = 1, read.size() do lines[read.size() + 1] = read.size() end
  read.list(function() return read.string(), read.size(), read.size() end)
  local upvalues = read.list(read.string)
  for i, word in ipairs(code) do
    line = lines[i] or line + steps[i]
    local operation, a, b, c = word & 0x7f, word >> 7 & 0xff, word >> 16 & 0xff, word >> 24
    if operation == GETTABUP and upvalues[b + 1] == '_ENV' then found('reads', constants[c + 1], line) end
    if operation == SETTABUP and upvalues[a + 1] == '_ENV' then found('assigns', constants[b + 1], line) end
  end
end

for _, path in ipairs(arg) do
  local chunk, message = loadfile(path, 't')
  if not chunk then print(message) end
  if chunk then
    visit(reader(string.dump(chunk)), function(verb, name, line)
      if verb == 'reads' and rawget(known, name) ~= nil then return end
      print(("%s:%d: %s the global '%s'"):format(path, line, verb, name))
    end)
  end
end
