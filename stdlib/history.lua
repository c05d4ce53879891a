-- The inputs of earlier prompts: a text file with one input a line, newlines written \n and backslashes \\.
--
-- Every input is appended at once, so that a crash loses nothing and prompts that run side by side share one
-- file; on opening, a file that has grown past the limit is cut, by writing it anew and renaming.
local history = {}

history.limit = 2000  -- inputs

local function encode(input) return (input:gsub('\\', '\\\\'):gsub('\n', '\\n')) end
local function decode(line) return (line:gsub('\\(.)', function(c) return c == 'n' and '\n' or c end)) end

local function read(path)
  local file, lines = io.open(path, 'r'), {}
  if not file then return lines end
  for line in file:lines() do
    if line ~= '' then lines[#lines + 1] = line end
  end
  file:close()
  return lines
end

local function rewrite(path, lines)
  local file = io.open(path .. '.new', 'w')
  if not file then return end
  local written = file:write(table.concat(lines, '\n'), '\n')
  if file:close() and written then os.rename(path .. '.new', path) end
end

-- An object with `inputs` (oldest first) and `add(input)`, which skips a repetition of the last input. The
-- folder must exist; a file that cannot be written is no error, a path of nil keeps nothing.
function history.open(path)
  local lines, inputs = path and read(path) or {}, {}
  if #lines > history.limit then
    lines = table.move(lines, #lines - history.limit + 1, #lines, 1, {})
    rewrite(path, lines)
  end
  for i, line in ipairs(lines) do inputs[i] = decode(line) end
  local last = inputs[#inputs]
  local function add(input)
    if input == last or not input:find '%S' then return false end
    last = input
    local file = path and io.open(path, 'a')
    if file then
      file:write(encode(input) .. '\n')
      file:close()
    end
    return true
  end
  return {inputs = inputs, add = add}
end

return history
