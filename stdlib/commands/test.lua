-- brainlua test FILES: runs Lua tests in one process. Every case must leave as many live tensors as it found.
local native = require 'brain.native'
local traceback = require 'brain.traceback'

-- What went wrong in f, with the frames of the test's own code; nil when it passed.
local function problem_in(f)
  local ok, report = xpcall(f, traceback.handler)
  if ok then return nil end
  if report.message == 'interrupted' then error(report.message, 0) end
  return traceback.format(report)
end

local function run_case(case)
  collectgarbage()
  collectgarbage()
  local before = native.live_tensors()
  local problem = problem_in(case.fn)
  if problem then return problem end
  collectgarbage()
  collectgarbage()
  local after = native.live_tensors()
  if after ~= before then return ('leaves %d live tensors where it found %d'):format(after, before) end
end

local usage = 'usage: brainlua test FILES_OR_FOLDERS [--case NAME]\n'

local function files_in(path, list)
  local names = native.list_directory(path)
  if not names then
    list[#list + 1] = path
    return list
  end
  for _, name in ipairs(names) do
    if name:sub(-1) == '/' then files_in(path .. '/' .. name:sub(1, -2), list)
    elseif name:find '_test%.lua$' then list[#list + 1] = path .. '/' .. name end
  end
  return list
end

return function(arguments, set_environment)
  torch.set_num_threads(1)  -- forked children may not share a thread pool
  local test = require 'brain.test'
  local files, only = {}, nil
  local i = 1
  while arguments[i] do
    if arguments[i] == '--case' and arguments[i + 1] then
      only, i = arguments[i + 1], i + 1
    elseif arguments[i]:find '^%-' then
      io.stderr:write(('brainlua test: %s: unknown option, or no value\n'):format(arguments[i]), usage)
      return 2
    else
      files_in(arguments[i], files)
    end
    i = i + 1
  end
  if #files == 0 then
    io.stderr:write(#arguments > 0 and 'brainlua test: no files named *_test.lua there\n' or usage)
    return 2
  end
  for _, path in ipairs(files) do
    local file, message = io.open(path)
    if not file then
      io.stderr:write(('brainlua test: %s\n'):format(message))
      return 2
    end
    file:close()
  end
  local passed, failed = 0, 0
  set_environment(false)
  for _, path in ipairs(files) do
    test.cases = {}
    local chunk, message = loadfile(path, 't')
    if chunk then message = problem_in(chunk) end
    if message then
      failed = failed + 1
      print(('FAIL %s: %s'):format(path, message))
    end
    chunk = nil
    local cases = test.cases
    for n, case in ipairs(cases) do
      if not only or case.name:find(only, 1, true) then
        local problem = run_case(case)
        if problem then
          failed = failed + 1
          print(('FAIL %s: %s: %s'):format(path, case.name, problem))
        else
          passed = passed + 1
        end
      end
      cases[n] = false
    end
  end
  print(('%d passed, %d failed'):format(passed, failed))
  return failed == 0 and (passed > 0 or test.left_out) and 0 or 1
end
