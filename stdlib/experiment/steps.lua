-- Named steps of a run: what a step gave is kept in steps/NAME.pt, so that a resumed run does not compute it again. The
-- state of torch's random numbers (of the CPU) is kept with it: what follows draws as if the step had run.
local blame = require 'brain.blame'
local core = require 'brain.core'
local file = require 'brain.file'
local frame = require 'brain.frame'
local native = require 'brain.native'
local ordered = require 'brain.ordered'

local steps = {}
local mark = 'brain.frame'  -- the key that tells a stored Frame from other tables

-- A value as files hold it: Frames become tables of their columns.
local function encoded(value, depth)
  if native.is_tensor(value) then return value:detach():cpu() end
  if type(value) ~= 'table' then return value end
  if depth > 100 then error('a step gave a table that contains itself, or is nested deeper than 100', 0) end
  local keys, content = {}, {}
  local is_frame = frame.is_frame(value)
  if is_frame then keys, content[mark] = {mark}, true end
  for key, item in pairs(value) do
    if is_frame then key = 'column ' .. key end
    keys[#keys + 1], content[key] = key, encoded(item, depth + 1)
  end
  local meta = getmetatable(value)
  return (is_frame or meta and meta.__pairs) and ordered(content, keys) or content
end

local function decoded(value)
  if native.is_tensor(value) or type(value) ~= 'table' then return value end
  if rawget(value, mark) then
    local columns = {}
    for key, values in pairs(value) do
      if key ~= mark then columns[#columns + 1] = {key:sub(#'column ' + 1), values} end
    end
    return frame.new(columns)
  end
  for key, item in next, value do value[key] = decoded(item) end
  return value
end

function steps.path(folder, name) return ('%s/steps/%s.pt'):format(folder, name) end

function steps.check_name(name)
  if type(name) ~= 'string' or not name:find '^[%w_.][%w_./ -]*$' or name:find('..', 1, true) then
    blame.raise(("run:step: expected a name of letters, digits, '_', '-', '.', '/', got %s"):format(
      type(name) == 'string' and "'" .. name .. "'" or type(name)))
  end
end

-- Keeps the results of a step, a table with n, and how many rows of metrics the run had at its end.
function steps.store(folder, name, results, rows)
  local values = {}
  for i = 1, results.n do values[i] = results[i] == nil and torch.null or encoded(results[i], 1) end
  local path = steps.path(folder, name)
  core.make_folders(path:match '^(.*)/')
  local ok, problem = pcall(file.save, path, {
    count = results.n, rows = rows, values = values, random = torch.get_rng_state()})
  if not ok then blame.raise(("run:step: '%s': its result cannot be kept: %s"):format(name, problem)) end
end

-- What a step gave earlier, a table with n, and the rows of metrics at its end; nil when it has not ended yet.
function steps.load(folder, name)
  local path = steps.path(folder, name)
  if core.exists(path) ~= 'file' then return nil end
  local stored = file.load(path)
  local results = {n = stored.count}
  for i = 1, stored.count do
    local value = stored.values[i]
    if not rawequal(value, torch.null) then results[i] = decoded(value) end
  end
  torch.set_rng_state(stored.random)
  return results, stored.rows
end

return steps
