-- Runs jobs in forked children, many to a child, so that a crash or an endless loop costs one job and names
-- it.
local torch = require 'brain.torch'
local core = require 'brain.core'
local native = require 'brain.native'

local batches = {}

local function read_lines(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

-- Runs jobs first..last in one child. A job is a function that returns one line of text. The child writes a
-- line per finished job, so that their number tells which job it died in. Warnings are silent there, and no
-- tensor is larger than 256 MB.
local function run_child(jobs, first, last, seconds, path)
  local how, code = native.in_child(function()
    core.log_level 'off'
    torch.set_memory_limit(256 << 20)
    local journal <close> = assert(io.open(path, 'w'))
    journal:setvbuf 'no'
    for i = first, last do
      local ok, line = pcall(jobs[i])
      journal:write(ok and line:gsub('\n', '\\n') or 'the job failed: ' .. tostring(line):gsub('\n', '\\n'), '\n')
    end
    return 0
  end, seconds)
  local lines = read_lines(path)
  if how == 'exit' and code == 0 then return lines end
  return lines, how == 'timeout' and 'timeout' or ('%s %s'):format(how, code)
end

-- The last job from which a child still dies by the time it has run `dead`: what spoilt the memory it died
-- of.
local function find_culprit(jobs, first, dead, seconds, path)
  local low, high = first, dead
  while high - low > 1 do
    local middle = (low + high) // 2
    local _, death = run_child(jobs, middle, dead, seconds, path)
    if death then low = middle else high = middle end
  end
  return low
end

-- Results of all jobs in order: the job's line, or nil and how its child died. options: size (jobs per
-- child), seconds (processor time of a child; a job that runs out of it is tried alone with the same limit
-- before it is blamed), labels (names of the jobs).
function batches.run(jobs, options)
  local results, deaths = {}, {}
  local path = os.tmpname()
  local first = 1
  while first <= #jobs do
    local start, last = first, math.min(first + options.size - 1, #jobs)
    local lines, death = run_child(jobs, first, last, options.seconds, path)
    table.move(lines, 1, #lines, first, results)
    first = first + #lines
    if death and first <= last then
      local alone, again = run_child(jobs, first, first, options.seconds, path)
      results[first] = alone[1]
      if again then
        deaths[first] = again
      elseif death ~= 'timeout' then
        local culprit = find_culprit(jobs, start, first, options.seconds, path)
        deaths[first] = ('%s, not alone but after %s'):format(death, options.labels and options.labels[culprit] or culprit)
      end
      first = first + 1
    end
  end
  os.remove(path)
  return results, deaths
end

-- Fails with the first problems when there are any.
function batches.none(problems)
  if #problems == 0 then return end
  error(('%d problems:\n%s'):format(#problems, table.concat(problems, '\n', 1, math.min(#problems, 200))), 2)
end

return batches
