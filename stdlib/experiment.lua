-- Experiments: a script declares its name and options and gets a run, a folder that holds its results, figures,
-- metrics and where they come from.
local arguments = require 'brain.experiment.arguments'
local blame = require 'brain.blame'
local busy = require 'brain.busy'
local core = require 'brain.core'
local file = require 'brain.file'
local native = require 'brain.native'
local options = require 'brain.options'
local ordered = require 'brain.ordered'
local provenance = require 'brain.experiment.provenance'
local Run = require 'brain.experiment.run'

local experiment = {optional = arguments.optional}
local current  -- the run of this process

-- Names in run.json, in their order there; the lists among them are empty at first.
local record_names = {'name', 'id', 'status', 'headline', 'text', 'error', 'started', 'ended', 'seconds', 'resumed',
  'script', 'command', 'options', 'seed', 'device', 'threads', 'versions', 'host', 'inputs', 'steps', 'results',
  'tables', 'figures'}
local record_lists = {'text', 'resumed', 'inputs', 'steps', 'results', 'tables', 'figures'}

local function usage_error(message)
  io.stderr:write('brainlua: ', message, '\n')
  os.exit(2)
end

-- The device asked for, or nil and what is wrong.
local function device_of(text)
  local cuda = torch.cuda.is_available()
  if text == 'auto' then return cuda and 'cuda:0' or 'cpu' end
  if text == 'cpu' then return text end
  local index = text == 'cuda' and 0 or math.tointeger(tonumber(text:match '^cuda:(%d+)$'))
  if index and cuda and index < torch.cuda.device_count() then return 'cuda:' .. index end
  return nil, ("--device: expected auto%s or cpu, found '%s'"):format(cuda and ', cuda, cuda:N' or '', text)
end

-- The folder of a new run, the folder of one that is to be continued, or nil and what is wrong.
local function choose_folder(name, out, resume, id)
  local base = 'runs/' .. name
  if not out and not resume then return base .. '/' .. id, false end
  if not out then
    local ids = {}
    for _, entry in ipairs(native.list_directory(base) or {}) do
      local folder = entry:match '^(.*)/$'
      if folder and core.exists(('%s/%s/run.json'):format(base, folder)) then ids[#ids + 1] = folder end
    end
    if #ids == 0 then return nil, ('--resume: no run in %s; --out DIR names one elsewhere'):format(base) end
    return base .. '/' .. ids[#ids], true
  end
  out = #out > 1 and out:gsub('/+$', '') or out
  local kind = core.exists(out)
  if kind == 'file' then return nil, ('--out: expected a folder, found the file %s'):format(out) end
  local is_run = core.exists(out .. '/run.json') == 'file'
  if is_run and resume then return out, true end
  if is_run then
    return nil, ('--out: %s holds a run: --resume continues it, another folder begins a new one'):format(out)
  end
  if kind and #native.list_directory(out) > 0 then
    return nil, ('--out: expected a new or empty folder or a run, found other files in %s'):format(out)
  end
  return out, false
end

-- A value as JSON holds it.
local function plain(value)
  if type(value) == 'number' and (value ~= value or math.abs(value) == math.huge) then return tostring(value) end
  return value
end

local function same(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b or (a ~= a and b ~= b) end
  for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then return false end
  end
  return true
end

local function shown(value) return type(value) == 'table' and table.concat(value, ',') or tostring(value) end

-- Takes the options of the earlier part of the run where none are given now; what differs is refused.
local function resume_options(list, values, given, earlier)
  for _, option in ipairs(list) do
    local name = option.name
    local was = earlier.options and earlier.options[name]
    if name == 'seed' then was = earlier.seed end
    if was ~= nil and option.kind == 'number' and type(was) == 'string' then was = arguments.number(was) end
    if was ~= nil and not given[name] then
      values[name] = was
    elseif was ~= nil and not same(was, values[name]) then
      return ("--%s: the run that is resumed has %s, found %s"):format((name:gsub('_', '-')), shown(was),
        shown(values[name]))
    end
  end
end

local function new_record(spec, id, path, words, values, device)
  local record = {
    name = spec.name, id = id, status = 'running', started = provenance.now(), seconds = 0,
    script = provenance.script(path), command = words, seed = values.seed, device = device,
    threads = torch.get_num_threads(), versions = provenance.versions(), host = provenance.host(),
  }
  for _, name in ipairs(record_lists) do record[name] = {} end
  return record
end

-- The options a script declared, for run.json and run.options.
local function own_values(list, values)
  local own, names = {}, {}
  for i = 1, #list - #arguments.built_in do
    local name = list[i].name
    if values[name] ~= nil then own[name], names[#names + 1] = plain(values[name]), name end
  end
  return ordered(own, names)
end

-- Reading an option that was not declared is an error with the nearest name.
local function guard(values, list)
  local known = {}
  for i, option in ipairs(list) do known[i], known[option.name] = option.name, true end
  setmetatable(values, {__index = function(_, name)
    if known[name] then return nil end  -- optional, and not given
    local near = native.nearest(tostring(name), known)
    blame.raise(("no option '%s'%s"):format(tostring(name), near and (", did you mean '%s'?"):format(near) or ''))
  end})
end

local function short_hash(...) return core.sha256(table.concat({...}, '\n')):sub(1, 6) end

-- Continues a record: when it was resumed, what changed since.
local function continued(record, earlier)
  table.insert(earlier.resumed, ordered({time = record.started, command = record.command}, {'time', 'command'}))
  for _, name in ipairs {'id', 'started', 'seconds', 'command', table.unpack(record_lists)} do
    if earlier[name] ~= nil then record[name] = earlier[name] end
  end
  local before, now = earlier.script, record.script
  if before and now and before.sha256 ~= now.sha256 then
    core.warn(('%s has changed since this run began; steps that have ended are kept as they are'):format(now.path))
  end
end

-- A script that leaves by os.exit has ended, too.
local function close_on_exit()
  local exit = os.exit
  close_on_exit = function() end
  os.exit = function(code, ...)
    local fine = code == nil or code == true or code == 0
    experiment.close(fine and 'finished' or 'failed', not fine and ('os.exit(%s)'):format(tostring(code)) or nil)
    exit(code, ...)
  end
end

-- experiment.start{name =, options = {key = {default, 'help', choices =}}, about =} -> run
-- Reads the script's command line; --help and mistakes there end the program (status 0 and 2).
function experiment.start(given)
  local path = provenance.script_path()
  local spec = options('experiment.start', given, {name = options.none, options = {}, about = options.none,
    arguments = options.none})
  spec.name = spec.name or (path and path:match '([^/]+)%.lua$') or 'script'
  if type(spec.name) ~= 'string' or not spec.name:find '^[%w_][%w_.-]*$' then
    blame.raise("experiment.start: name: expected letters, digits, '_', '-', '.', got " .. tostring(spec.name))
  end
  if current and not current.closed then blame.raise('experiment.start: this script has begun a run already') end
  local list = arguments.declare(spec.options)
  local words = {table.unpack(spec.arguments or rawget(_ENV, 'arg') or {})}
  local values, told = arguments.parse(list, words)
  local script = path or 'SCRIPT'
  if not values then usage_error(('%s: %s'):format(script, told)) end
  if values.help then
    print(arguments.help(list, ('brainlua %s [--option value ...]'):format(script), spec.about))
    os.exit(0)
  end
  local device, problem = device_of(values.device)
  if not device then usage_error(('%s: %s'):format(script, problem)) end

  local stamp = os.date '!%Y%m%d-%H%M%S'
  local id = ('%s-%s'):format(stamp, short_hash(stamp, os.clock(), tostring({}), table.unpack(words)))
  local folder, resumed, earlier
  if values.dry_run then
    resumed = false
  else
    folder, resumed = choose_folder(spec.name, values.out, values.resume, id)
    if not folder then usage_error(('%s: %s'):format(script, resumed)) end
  end
  if resumed then
    earlier = file.load(folder .. '/run.json')
    for _, name in ipairs(record_lists) do earlier[name] = earlier[name] or {} end
    problem = resume_options(list, values, told, earlier)
    if problem then usage_error(('%s: %s'):format(script, problem)) end
  end
  if values.threads then torch.set_num_threads(values.threads) end
  torch.manual_seed(values.seed)
  close_on_exit()

  local record = new_record(spec, id, path, words, values, device)
  record.options = own_values(list, values)
  if resumed then continued(record, earlier) end
  values.device, values.threads = device, record.threads
  guard(values, list)
  current = Run.new({name = spec.name, id = record.id, folder = folder, options = values, dry = values.dry_run,
    device = device, seed = values.seed, threads = record.threads, resumed = resumed}, record, record_names)
  current:begin()
  local advice = device == 'cpu' and busy()
  if advice then core.info(advice) end
  return current
end

-- The run of this process, or nil.
function experiment.current() return current end

-- Called when the script has ended: with 'finished', 'failed' and a message, or 'interrupted'.
function experiment.close(status, message)
  if current then current:close(status, message) end
  current = nil
end

return experiment
