-- The environment of scripts: globals are declared or refused, modules cannot be replaced or shadowed.
local test = require 'brain.test'
local torch = require 'brain.torch'

local equal, raises = test.equal, test.raises

-- Runs code as a chunk of its own.
local function run(code) return assert(load(code, '=chunk', 't'))() end

local function refused(code, text) raises(function() run(code) end, text) end

-- What fn returns while files (name -> text) lie in a folder where require looks first.
local function with_files(files, fn)
  local folder = os.tmpname()
  os.remove(folder)
  os.execute(('mkdir "%s"'):format(folder))
  for name, text in pairs(files) do
    local file <close> = assert(io.open(folder .. '/' .. name, 'w'))
    file:write(text)
  end
  local path = package.path
  package.path = folder .. '/?.lua;' .. path
  local results = table.pack(pcall(fn, folder))
  package.path = path
  os.execute(('rm -r "%s"'):format(folder))
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

test.case('an undefined global is an error with the nearest name', function()
  refused('return undefined_name', "chunk:1: 'undefined_name' is not defined")
  refused('return tocrh', "'tocrh' is not defined, did you mean 'torch'?")
  refused('return prnit', "'prnit' is not defined, did you mean 'print'?")
  refused('return tabel.concat{}', "did you mean 'table'?")
  refused('undefined_function()', "'undefined_function' is not defined")
  refused('return function_ == nil', "'function_' is not defined")
  refused('return _G.undefined_name', "'undefined_name' is not defined")
end)

test.case('creating a global is an error that suggests local', function()
  refused('counter = 1', "chunk:1: 'counter' is not declared; use local counter = ...")
  refused('function helper() end', "'helper' is not declared; use local helper = ...")
  refused('for i = 1, 2 do total = i end', "'total' is not declared")
  refused('_G.counter = 1', "'counter' is not declared")
  refused('_ENV.counter = 1', "'counter' is not declared")
  refused('_G[1] = 1', "'1' is not declared")
  refused('counter = nil', "'counter' is not declared")
end)

test.case('modules and library functions cannot be assigned', function()
  refused('torch = 3', "'torch' belongs to brainlua and cannot be assigned; use local torch = ...")
  refused('nn = nil', "'nn' belongs to brainlua")
  refused('print = function() end', "'print' belongs to brainlua")
  refused('function help() end', "'help' belongs to brainlua")
  refused('_G = {}', "'_G' belongs to brainlua")
  refused('string = {}', "'string' belongs to brainlua")
  test.truthy(run 'return torch' == torch, 'still there')
end)

test.case('locals may have any name', function()
  equal(run 'local torch = 3 return torch', 3)
  equal(run 'local print, counter = 1, 2 return print + counter', 3)
  equal(run 'local function nn() return 4 end return nn()', 4)
end)

test.case('_G is the strict environment', function()
  test.truthy(run 'return _G == _ENV', '_ENV')
  test.truthy(run 'return _G._G == _G', '_G._G')
  test.truthy(run 'return _G.torch == torch', 'torch')
  equal(rawget(_G, 'undefined_name'), nil, 'rawget asks without an error')
end)

test.case('rawset declares a global on purpose', function()
  rawset(_G, 'declared_on_purpose', 1)
  equal(run 'declared_on_purpose = declared_on_purpose + 1 return declared_on_purpose', 2)
  refused('return declared_on_purpos', "did you mean 'declared_on_purpose'?")
  rawset(_G, 'declared_on_purpose', nil)
  refused('return declared_on_purpose', 'is not defined')
end)

test.case('chunks that are loaded are strict too', function()
  refused("return load 'return undefined_name' ()", "'undefined_name' is not defined")
  refused("load 'counter = 1' ()", "'counter' is not declared")
  equal(run "return load('return x', 'c', 't', {x = 3})()", 3, 'unless they bring an environment')
  with_files({['strict_chunk.lua'] = 'counter = 1',
    ['strict_module.lua'] = 'return {value = undefined_name}'}, function(folder)
    raises(function() dofile(folder .. '/strict_chunk.lua') end, "'counter' is not declared")
    raises(function() loadfile(folder .. '/strict_chunk.lua')() end, "'counter' is not declared")
    raises(function() require 'strict_module' end, "'undefined_name' is not defined")
  end)
end)

test.case('coroutines and functions share the environment', function()
  local thread = coroutine.wrap(function() return pcall(run, 'return undefined_name') end)
  local ok, message = thread()
  equal({ok, message:match "'undefined_name' is not defined" ~= nil}, {false, true})
end)

test.case('require gives the modules', function()
  test.truthy(require 'brain.torch' == torch and run 'return torch' == torch, 'one module')
  test.truthy(rawequal(require 'brain.torch', require 'brain.torch'), 'once')
  equal(type(require 'brain.test'.case), 'function')
  local ok, message = pcall(require, 'torch')
  equal({ok, message:match "^module 'torch' not found"}, {false, "module 'torch' not found"},
    'under their full names')
end)

test.case('a local file does not shadow a module', function()
  local files = {['data.lua'] = "return 'a local file'", ['torch.lua'] = "return 'my torch'"}
  with_files(files, function()
    equal(require 'data', 'a local file', 'it is a module of its own')
    equal(require 'torch', 'my torch')
    test.truthy(require 'brain.torch' == torch and run 'return torch' == torch, 'beside brain.torch')
  end)
  package.loaded.data, package.loaded.torch = nil, nil
  local loaded = package.loaded['brain.pretty']
  package.loaded['brain.pretty'] = nil
  with_files({}, function(folder)
    os.execute(('mkdir "%s/brain"'):format(folder))
    local file = assert(io.open(folder .. '/brain/pretty.lua', 'w'))
    file:write "return 'a local file'"
    file:close()
    test.truthy(require 'brain.pretty' ~= 'a local file', 'even in a folder named brain')
  end)
  package.loaded['brain.pretty'] = loaded
end)

test.case('the library itself is not strict about its own locals', function()
  equal(type(torch.finfo()), 'table')
  equal({pcall(function() return string.undefined_name, table.undefined_name end)}, {true},
    'tables of Lua are as ever')
end)
