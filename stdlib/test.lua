-- The vocabulary of Lua tests: local test = require 'brain.test'
local core = require 'brain.core'
local file = require 'brain.file'
local native = require 'brain.native'

local test = {cases = {}}

-- Registers a case; the runner calls it and checks that the live-tensor count returns to its start.
function test.case(name, fn) test.cases[#test.cases + 1] = {name = name, fn = fn} end

local function fail(label, text) error((label and label .. ': ' or '') .. text, 3) end

local function same(a, b)
  if a == b or (a ~= a and b ~= b) then return true end
  if type(a) ~= 'table' or type(b) ~= 'table' then return false end
  for k, v in next, a do
    if not same(v, b[k]) then return false end
  end
  for k in next, b do
    if a[k] == nil then return false end
  end
  return true
end

local function show(value)
  if type(value) == 'string' then return ('%q'):format(value) end
  if type(value) ~= 'table' or getmetatable(value) then return tostring(value) end
  local parts = {}
  for k, v in next, value do parts[#parts + 1] = (type(k) == 'number' and '' or tostring(k) .. ' = ') .. show(v) end
  return '{' .. table.concat(parts, ', ') .. '}'
end

-- Equal values; tables deeply, tensors by dtype, shape and every element.
function test.equal(got, expected, label)
  if native.is_tensor(got) and native.is_tensor(expected) then
    if got.dtype ~= expected.dtype then fail(label, ('expected %s, got %s'):format(expected.dtype, got.dtype)) end
    if got.shape ~= expected.shape then fail(label, ('expected shape %s, got %s'):format(expected.shape, got.shape)) end
    if not torch.equal(got, expected) then fail(label, ('expected %s, got %s'):format(expected, got)) end
  elseif not same(got, expected) then
    fail(label, ('expected %s, got %s'):format(show(expected), show(got)))
  end
end

-- |got - expected| <= atol + rtol |expected| everywhere; NaN and infinities must agree.
function test.close(got, expected, tolerance, label)
  tolerance = tolerance or {}
  local rtol, atol = tolerance.rtol or 1e-7, tolerance.atol or 1e-12
  if type(got) == 'number' and type(expected) == 'number' then
    if got == expected or (got ~= got and expected ~= expected) then return end
    if not (math.abs(got - expected) <= atol + rtol * math.abs(expected)) then
      fail(label, ('expected %.17g, got %.17g'):format(expected, got))
    end
    return
  end
  if got.shape ~= expected.shape then fail(label, ('expected shape %s, got %s'):format(expected.shape, got.shape)) end
  local a, b = got:detach(), expected:detach():to(got.dtype)
  if not torch.allclose(a, b, rtol, atol, true) then
    fail(label, ('expected %s, got %s'):format(b, a))
  end
end

-- fn raises an error whose message holds the text.
function test.raises(fn, text)
  local ok, message = pcall(fn)
  if ok then fail(nil, ('expected an error with "%s", got none'):format(text)) end
  message = type(message) == 'table' and message.message or tostring(message)
  if not message:find(text, 1, true) then fail(nil, ('expected an error with "%s", got "%s"'):format(text, message)) end
  if message:find '\n' then fail(nil, ('expected one line, got "%s"'):format(message)) end
  return message
end

function test.truthy(value, label) if not value then fail(label, ('expected true, got %s'):format(tostring(value))) end end

-- fn(folder) in an empty folder of its own, which is removed afterwards.
function test.in_folder(fn)
  local folder = os.tmpname()
  os.remove(folder)
  core.make_folders(folder)
  local ok, message = pcall(fn, folder)
  os.execute(("rm -rf '%s'"):format(folder))
  if not ok then error(message, 0) end
end

-- Whether this build has 'hdf5' or 'pictures'; a minimal one has neither.
function test.has(what)
  if what == 'pictures' then return (pcall(file.load, 'tests/data/images/rgb.png')) end
  assert(what == 'hdf5', what)
  local trial = os.tmpname()
  local found = pcall(file.save, trial .. '.h5', {})
  os.remove(trial .. '.h5')
  os.remove(trial)
  return found
end

-- For a test file that has nothing to test in this build: says why, and that this is no failure.
function test.leave_out(reason)
  test.left_out = true
  io.stderr:write(('note: left out: %s\n'):format(reason))
end

-- A file of the shared data, or nil when that folder is absent (an error where BRAIN_REQUIRE_SHARED=1) or, of HDF5, when this
-- build cannot read it.
function test.shared(path)
  if path:find '%.h5$' and not test.has 'hdf5' then return nil end
  local full = '../shared/' .. path
  local there = io.open(full, 'rb')
  if there then
    there:close()
    return full
  end
  if os.getenv 'BRAIN_REQUIRE_SHARED' == '1' then error(('%s is required and not there'):format(full), 2) end
  io.stderr:write(('note: %s is not there; checks that need it are left out\n'):format(full))
end

return test
