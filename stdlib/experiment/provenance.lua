-- Where a result comes from: the script, its version, the program, the machine, the input files.
local core = require 'brain.core'
local native = require 'brain.native'
local ordered = require 'brain.ordered'

local provenance = {}

-- The time now, UTC, as in 2026-01-31T12:00:00Z.
function provenance.now() return os.date '!%Y-%m-%dT%H:%M:%SZ' end

local function first_line(path)
  local file = io.open(path)
  local line = file and file:read 'l'
  if file then file:close() end
  return line
end

local function output_of(command)
  local pipe = io.popen and io.popen(command .. ' 2>/dev/null')
  if not pipe then return nil end
  local text = pipe:read 'a'
  return pipe:close() and text:gsub('%s+$', '') or nil
end

local function quoted(path) return "'" .. path:gsub("'", "'\\''") .. "'" end

-- The commit of the folder a file lies in, and whether the file differs from it; nil outside a repository.
local function git(path)
  local folder, name = path:match '^(.*)/([^/]*)$'
  folder, name = quoted(folder or '.'), quoted(name or path)
  local commit = output_of('git -C ' .. folder .. ' rev-parse HEAD')
  if not commit or commit == '' then return nil end
  local state = output_of(('git -C %s status --porcelain -- %s'):format(folder, name))
  return ordered({commit = commit, changed = state ~= ''}, {'commit', 'changed'})
end

-- The file of the outermost user code that runs now, or nil for code from elsewhere.
function provenance.script_path()
  local path
  for level = 2, 200 do
    local info = debug.getinfo(level, 'S')
    if not info then break end
    path = info.source:match '^@(.*)$' or path
  end
  return path
end

function provenance.script(path)
  if not path then return nil end
  local readable = io.open(path)
  if readable then readable:close() end
  local script = {path = path, sha256 = readable and core.sha256_file(path), git = git(path)}
  return ordered(script, {'path', 'sha256', 'git'})
end

function provenance.versions()
  return ordered({brainlua = _BRAINLUA, lua = _VERSION, libtorch = torch.version}, {'brainlua', 'lua', 'libtorch'})
end

local function cpu_model()
  local file = io.open '/proc/cpuinfo'
  local text = file and file:read 'a' or ''
  if file then file:close() end
  return text:match 'model name%s*:%s*([^\n]+)' or 'unknown'
end

function provenance.host()
  local machine = core.machine()
  return ordered({
    name = first_line '/proc/sys/kernel/hostname' or 'unknown', cpu = cpu_model(), cores = machine.cores,
    memory = core.bytes(machine.memory),
  }, {'name', 'cpu', 'cores', 'memory'})
end

-- Number of files below a folder and the hash of their sorted names.
local function folder_listing(path)
  local names = {}
  local function walk(inner)
    for _, name in ipairs(native.list_directory(path .. '/' .. inner) or {}) do
      if name:sub(-1) == '/' then walk(inner .. name) else names[#names + 1] = inner .. name end
    end
  end
  walk ''
  return #names, core.sha256(table.concat(names, '\n'))
end

-- What identifies an input: of a file its fingerprint (SHA-256; above 1 GiB size, time and sampled blocks), of a
-- folder the names of its files. nil when there is no such file.
function provenance.input(path)
  local kind = core.exists(path)
  if kind == 'file' then
    return ordered({path = path, fingerprint = core.fingerprint(path)}, {'path', 'fingerprint'})
  elseif kind == 'folder' then
    local files, names = folder_listing(path)
    return ordered({path = path, files = files, names_sha256 = names}, {'path', 'files', 'names_sha256'})
  end
end

return provenance
