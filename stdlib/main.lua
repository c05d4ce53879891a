-- The command line: what brainlua does with its arguments. Returns the exit status.
local native = require 'brain.native'

local globals = _G
globals.torch = require 'brain.torch'
debug.getregistry()['brain.ordered'] = require 'brain.ordered'
globals.nn = require 'brain.nn'
globals.models = require 'brain.models'
globals.optim = require 'brain.optim'
globals.losses = require 'brain.losses'
globals.rsa = require 'brain.rsa'
globals.stats = require 'brain.stats'
globals.file = require 'brain.file'
globals.file.open = require 'brain.file_open'
globals.data = require 'brain.data'
globals.train = require 'brain.train'
globals.frame = require 'brain.frame'
globals.experiment = require 'brain.experiment'
globals.plot = require 'brain.plot'
globals.help = function(...) return require('brain.help')(...) end

-- Scripts and the chunks they load see the strict environment, the library sees the plain globals.
local strict = require 'brain.strict'

local usage = [[
usage: brainlua [-i]                         the prompt (-i: also without a terminal)
       brainlua SCRIPT [--option value ...]  run a script
       brainlua -e CODE | -                  run a string, or standard input
       brainlua test FILES                   run Lua tests
       brainlua inspect FILE                 what is in a checkpoint, safetensors, npy, npz, HDF5, MATLAB, NIfTI, CIFTI, GIFTI, FreeSurfer, JSON or image file
       brainlua convert IN OUT               the same content in another format (.pt .safetensors .npy .npz .h5 .json)
       brainlua models [PATTERN]             networks that can be made by name; one of them: its layers
       brainlua report RUN_DIR...            an HTML page of a run, or one that compares several
       brainlua bench [TASK]                 benchmarks, one JSON line each
       brainlua doctor                       what is here and what is missing
       brainlua meta                         definitions of every operator for editors (LuaCATS)
       brainlua --version | --help]]

local commands = {'bench', 'convert', 'doctor', 'inspect', 'meta', 'models', 'report', 'test'}
local options = {'--version', '--help', '-e', '-i'}

local function complain(text) io.stderr:write('brainlua: ', text, '\n') end

local function contains(list, value)
  for _, element in ipairs(list) do
    if element == value then return true end
  end
  return false
end

local function set_environment(open)
  local environment = strict.environment(globals, open)
  debug.getregistry()[2] = environment  -- LUA_RIDX_GLOBALS: what load, loadfile and require give to chunks
  return environment
end

-- Runs a chunk; the exit status says how it went.
local function run(chunk, ...)
  local traceback = require 'brain.traceback'
  local results = table.pack(native.interruptible(chunk, traceback.handler, ...))
  if results[1] then
    experiment.close 'finished'
    return 0
  end
  local report = results[2]
  local message = type(report) == 'table' and report.message or tostring(report)
  if message == 'interrupted' then
    experiment.close 'interrupted'
    complain 'interrupted'
    return 130
  end
  experiment.close('failed', message)
  complain(type(report) == 'table' and traceback.format(report) or message)
  return 1
end

-- Python's spellings that are Lua keywords, seen in syntax errors.
local function syntax_hint(message)
  if message:find("near 'end'") and message:find '=' then return message .. ' (an option named end is written stop=)' end
  if message:find("near 'repeat'") or message:find("'<name>' expected near 'repeat'") then
    return message .. ' (t:repeat is written t:tile)'
  end
  return message
end

local function run_source(source, name, arguments)
  set_environment(false)
  local chunk, message = load(source, name, 't')
  if not chunk then
    complain(syntax_hint(message))
    return 1
  end
  rawset(globals, 'arg', arguments)
  return run(chunk, table.unpack(arguments))
end

local function run_input(arguments)
  local source, message = io.read 'a'
  if not source then
    complain('standard input: ' .. message)
    return 2
  end
  return run_source(source, '=stdin', arguments)
end

local function shifted(arguments, by)
  local rest = {}
  for i = 0, #arguments - by do rest[i] = arguments[i + by] end
  return rest
end

-- Scripts require the files beside them by name: 'realnet.presets' is realnet/presets.lua.
local function search_beside(path)
  local folder = path:match '^(.*/)' or './'
  package.path = ('%s?.lua;%s?/init.lua;%s'):format(folder, folder, package.path)
end

local function run_file(path, arguments)
  local file, message = io.open(path, 'rb')
  local source = file and file:read 'a'
  if file then file:close() end
  if not source then
    local reason = message or (path .. ': is a folder')
    if not path:find '[./]' then
      local near = native.nearest(path, commands)
      if near then reason = reason .. (", did you mean the command '%s'?"):format(near) end
    end
    complain(reason)
    return 2
  end
  if source:sub(1, 1) == '#' then source = '--' .. source end
  search_beside(path)
  return run_source(source, '@' .. path, arguments)
end

local function prompt()
  local banner = ('brainlua %s, LibTorch %s: help() explains, exit leaves'):format(_BRAINLUA, torch.version)
  return require('brain.repl').interactive {env = set_environment(true), banner = banner}
end

return function(arguments, version)
  rawset(globals, '_BRAINLUA', version)
  local first = arguments[1]
  if first == nil then
    if require('brain.prompt').isatty(0) then return prompt() end
    return run_input(shifted(arguments, 0))
  elseif first == '--version' or first == '-v' then
    print(('brainlua %s (%s, LibTorch %s)'):format(version, _VERSION, torch.version))
    return 0
  elseif first == '--help' or first == '-h' then
    print(usage)
    return 0
  elseif first == '-i' then
    return prompt()
  elseif first == '-e' then
    if not arguments[2] then
      complain '-e: expected code'
      return 2
    end
    return run_source(arguments[2], '=(command line)', shifted(arguments, 2))
  elseif first == '-' then
    return run_input(shifted(arguments, 1))
  elseif contains(commands, first) then
    local command = require('brain.commands.' .. first)
    local status = 0
    local code = run(function() status = command(shifted(arguments, 1), set_environment) or 0 end)
    return code ~= 0 and code or status
  elseif first:sub(1, 1) == '-' then
    local near = native.nearest(first, options)
    complain(("unknown option '%s'%s"):format(first, near and (", did you mean '%s'?"):format(near) or ''))
    io.stderr:write(usage, '\n')
    return 2
  end
  return run_file(first, shifted(arguments, 1))
end
