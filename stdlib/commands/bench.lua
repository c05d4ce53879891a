-- brainlua bench [TASK] [--repeat N] [--threads N] [--data DIR]: benchmark tasks, one JSON line per implementation, in the shape of the
-- peers' lines so that both can be compared in one sitting.
local limits = require 'brain.limits'
local native = require 'brain.native'

local tasks = {'op_overhead', 'memory', 'startup', 'training', 'image_pipeline', 'rdm_correlation',
  'rdm_euclidean', 'crossnobis',
  'shrinkage_covariance', 'compare', 'noise_ceiling', 'bootstrap_rdm_pattern', 'dual_bootstrap', 'searchlight', 'cka', 'pls',
  'decoding_rdm', 'e2e_rsa92', 'coverage', 'file_load'}

local function json(value)
  if type(value) == 'table' then
    local parts = {}
    if #value > 0 then
      for i, v in ipairs(value) do parts[i] = json(v) end
      return '[' .. table.concat(parts, ', ') .. ']'
    end
    local keys = {}
    for k in pairs(value) do keys[#keys + 1] = k end
    table.sort(keys)
    for i, k in ipairs(keys) do parts[i] = ('"%s": %s'):format(k, json(value[k])) end
    return '{' .. table.concat(parts, ', ') .. '}'
  end
  if type(value) == 'number' then
    if math.type(value) == 'integer' then return tostring(value) end
    return value == value and math.abs(value) < math.huge and ('%.4g'):format(value) or 'null'
  end
  return ('"%s"'):format(tostring(value):gsub('[%c"\\]', ' '))
end

-- Times run() `repeats` times after one warm-up (none where it is `cold`; `once`: no repeats either) and prints the line, with
-- a limit:NAME line before it where plain C++ can do the same. `calls`: how often one run does its work.
local measure
function measure(task, name, options, settings)
  if options.calls and not options.limit and limits.run(name, 1) then
    measure(task, 'limit:' .. name, {calls = options.calls, limit = true,
      run = function() limits.run(name, options.calls) end}, settings)
  end
  if not options.cold and not options.once then options.run() end
  collectgarbage()
  native.reset_peak_memory()
  local base = torch.memory().resident
  local wall, cpu = {}, {}
  for i = 1, options.once and 1 or settings.repeats do
    local w, c = native.wall_seconds(), native.cpu_seconds()
    options.run()
    wall[i] = (native.wall_seconds() - w) / (options.calls or 1)
    cpu[i] = (native.cpu_seconds() - c) / (options.calls or 1)
  end
  print(json {task = task, impl = name, size = options.size, wall_s = wall, cpu_s = cpu, threads = torch.get_num_threads(),
    base_rss_mb = base / 2 ^ 20, peak_rss_mb = torch.memory().peak / 2 ^ 20,
    checks = options.check and options.check() or nil,
    params = options.calls and {calls = options.calls} or nil,
    version = 'brainlua ' .. _BRAINLUA .. ', LibTorch ' .. torch.version})
end

return function(arguments)
  local settings, wanted = {repeats = 3, threads = 1}, {}
  local i = 1
  while arguments[i] do
    local name = arguments[i]:match '^%-%-(%a+)$'
    if name == 'repeat' or name == 'threads' then
      local n = math.tointeger(tonumber(arguments[i + 1]))
      if not n or n < 1 then
        io.stderr:write(('brainlua bench: --%s: expected a positive integer\n'):format(name))
        return 2
      end
      settings[name == 'repeat' and 'repeats' or name] = n
      i = i + 2
    elseif name == 'data' and arguments[i + 1] then  -- a folder of inputs that the peers wrote
      settings.data = arguments[i + 1]
      i = i + 2
    elseif arguments[i]:find '^%-' then
      io.stderr:write(("brainlua bench: unknown option '%s', expected --repeat, --threads or --data\n"):format(arguments[i]))
      return 2
    elseif arguments[i] == 'list' then
      for _, task in ipairs(tasks) do print(task) end
      return 0
    else
      wanted[#wanted + 1] = arguments[i]
      i = i + 1
    end
  end
  torch.set_num_threads(settings.threads)
  for _, task in ipairs(#wanted > 0 and wanted or tasks) do
    local known = false
    for _, name in ipairs(tasks) do known = known or name == task end
    if not known then
      local near = native.nearest(task, tasks)
      io.stderr:write(("brainlua bench: no task '%s'%s\n"):format(task, near and (", did you mean '%s'?"):format(near) or ''))
      return 2
    end
    require('brain.bench.' .. task)(function(name, options) measure(task, name, options, settings) end, settings)
  end
  return 0
end
