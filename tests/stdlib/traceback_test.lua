-- Reports of errors: the message as raised, and the user's frames.
local test = require 'brain.test'
local traceback = require 'brain.traceback'

local function report(f, ...) return select(2, xpcall(f, traceback.handler, ...)) end

-- A function from a chunk of that name.
local function chunk(name, source)
  return assert(load(source, name, 't', setmetatable({}, {__index = _G})))
end

test.case('message as raised', function()
  test.equal(report(error, 'plain').message, 'plain')
  test.equal(report(chunk('=prompt', 'error "with place"')).message, 'prompt:1: with place')
  test.equal(report(error, 12).message, '12')
  test.equal(report(error, nil).message, '(error object is a nil value)')
  test.equal(report(error, {}).message, '(error object is a table value)')
  local object = setmetatable({}, {__tostring = function() return 'object' end})
  test.equal(report(error, object).message, 'object')
end)

test.case('frames of the user only', function()
  local f = chunk('@study.lua', 'local function inner()\n  error "deep"\nend\ninner()')
  local frames = report(f).frames
  test.equal({frames[1], frames[2]}, {"study.lua:2: in local 'inner'", 'study.lua:4: in main chunk'})
  local library = chunk('=brain/tool.lua', 'local f = ... f() return 1')
  frames = report(library, chunk('@study.lua', 'error "called back"')).frames
  test.equal(frames[1], 'study.lua:1: in ' .. frames[1]:match 'in (.*)')
  for _, frame in ipairs(frames) do test.truthy(not frame:find('brain/', 1, true), frame) end
  for _, frame in ipairs(report(string.rep).frames) do test.truthy(not frame:find('[C]', 1, true), frame) end
end)

test.case('a report that is raised again stays', function()
  local first = report(error, 'once')
  test.truthy(rawequal(report(error, first), first))
end)

test.case('deep recursion is cut', function()
  local f = chunk('@deep.lua', 'local function down(n) return 1 + down(n + 1) end\nreturn down(1)')
  local result = report(f)
  test.truthy(result.message:find 'stack overflow', result.message)
  test.equal(#result.frames, 21)
  test.equal(result.frames[11], '... (deep recursion)')
  result = report(chunk('@some.lua', [[
    local function down(n)
      if n == 0 then error 'bottom' end
      return 1 + down(n - 1)
    end
    down(40)]]))
  test.equal(#result.frames, 21)
  test.truthy(result.frames[11]:find '^%.%.%. %(%d+ more%)$', result.frames[11])
end)

test.case('text', function()
  test.equal(traceback.format {message = 'm', frames = {}}, 'm')
  test.equal(traceback.format {message = 'm', frames = {'a', 'b'}}, 'm\n  a\n  b')
end)
