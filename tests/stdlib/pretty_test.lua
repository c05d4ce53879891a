-- How values look at the prompt.
local test = require 'brain.test'
local pretty = require 'brain.pretty'

local function looks(value, expected, options) test.equal(pretty(value, options), expected) end

test.case('plain values', function()
  looks(nil, 'nil')
  looks(true, 'true')
  looks(3, '3')
  looks(3.0, '3.0')
  looks(1 / 0, 'inf')
end)

test.case('strings are quoted, escaped and cut', function()
  looks('a "b" \\ \n\t\0', [["a \"b\" \\ \n\t\x00"]])
  looks('caf\u{e9}', '"caf\u{e9}"')
  looks('\xff\xc3', [["\xFF\xC3"]])
  looks(('x'):rep(600), '"' .. ('x'):rep(500) .. '" ... 100 more bytes')
  looks('x' .. ('\u{e9}'):rep(300), '"x' .. ('\u{e9}'):rep(249) .. '" ... 102 more bytes')
end)

test.case('small tables stay on one line', function()
  looks({}, '{}')
  looks({1, 2, {3}}, '{1, 2, {3}}')
  looks({b = 2, a = 1}, '{a = 1, b = 2}')
  looks({1, x = 'y', [10] = true}, '{1, [10] = true, x = "y"}')
  looks({['end'] = 1, ['a b'] = 2, [true] = 3, [1.5] = 4},
        '{[1.5] = 4, ["a b"] = 2, ["end"] = 1, [true] = 3}')
end)

test.case('wide tables are indented', function()
  looks({name = 'model', sizes = {10, 20, 30}}, '{\n  name = "model",\n  sizes = {10, 20, 30}\n}',
        {width = 20})
  looks({{a = {1111, 2222}}}, '{\n  {\n    a = {\n      1111,\n      2222\n    }\n  }\n}', {width = 10})
end)

test.case('tables are cut', function()
  local long = {}
  for i = 1, 100 do long[i] = i end
  test.truthy(pretty(long):find('30,\n  ... 70 more\n}', 1, true), pretty(long))
  local keys = {1, 2}
  for i = 1, 100 do keys['k' .. i] = i end
  test.truthy(pretty(keys):find('... 72 more', 1, true), pretty(keys))
  looks({{{{{}}}}}, '{{{{{}}}}}')
  looks({{{{{1}}}}}, '{{{{{...}}}}}')
  local wide = {}
  for i = 1, 30 do
    wide[i] = {}
    for j = 1, 30 do wide[i][j] = {j, j} end
  end
  test.truthy(#pretty(wide) < 20000, 'a value is cut as a whole')
end)

test.case('cycles', function()
  local t = {1}
  t.self = t
  looks(t, '{1, self = <cycle>}')
  local shared = {1}
  looks({shared, shared}, '{{1}, {1}}')
end)

test.case('tables are read raw', function()
  local t = setmetatable({1}, {__index = function() error 'never' end, __pairs = function() error 'never' end,
                               __len = function() return 9 end})
  looks(t, '{1}')
end)

test.case('objects', function()
  looks(setmetatable({}, {__tostring = function() return 'point(1, 2)' end}), 'point(1, 2)')
  looks({setmetatable({}, {__tostring = function() return 'two\nlines' end})}, '{\n  two\n  lines\n}')
  looks(setmetatable({x = 1}, {__name = 'Point'}), 'Point {x = 1}')
  local broken = setmetatable({}, {__tostring = function() error('oops', 0) end})
  looks(broken, '<table whose __tostring failed: oops>')
  test.truthy(pretty(io.stdout):find '^file %(')
end)

test.case('functions by name where known', function()
  looks(string.rep, 'function string.rep')
  looks(print, 'function print')
  looks(torch.conv2d, 'function torch.conv2d')
  test.truthy(pretty(function() end):find '^function <.*pretty_test.lua:%d+>$')
end)

test.case('tensors', function()
  local t = torch.tensor {1.5, 2}
  looks(t, tostring(t) .. '\n[2 float32 cpu]')
  looks(t, tostring(t) .. '\n\27[2m[2 float32 cpu]\27[0m', {colour = true})
  looks({weight = t}, '{weight = tensor [2 float32 cpu]}')
  local large = torch.zeros(2000)
  looks(large, tostring(large) .. '\n[2000 float32 cpu]  min 0  max 0  mean 0  NaN 0')
end)

test.case('tensors of every kind', function()
  local function last_line(t) return pretty(t):match '[^\n]*$' end
  test.equal(last_line(torch.zeros(2, 3, {dtype = 'int64'})), '[2 x 3 int64 cpu]')
  test.equal(last_line(torch.tensor(1.5)), '[scalar float32 cpu]')
  test.equal(last_line(torch.ones(2, {requires_grad = true})), '[2 float32 cpu requires_grad]')
  test.equal(last_line(torch.ones(2000, {requires_grad = true})),
             '[2000 float32 cpu requires_grad]  min 1  max 1  mean 1  NaN 0')
  test.equal(last_line(torch.arange(1001)), '[1001 int64 cpu]  min 0  max 1000  mean 500')
  test.equal(last_line(torch.ones(1001, {dtype = 'bool'})), '[1001 bool cpu]  min true  max true  mean 1')
  test.equal(last_line(torch.ones(2000, {dtype = 'float16'})),
             '[2000 float16 cpu]  min 1  max 1  mean 1  NaN 0')
  test.equal(last_line(torch.ones(2000, {dtype = 'complex64'})), '[2000 complex64 cpu]')
  test.equal(last_line(torch.zeros(2000, {device = 'meta'})), '[2000 float32 meta]')
  test.equal(last_line(torch.full({2000}, 0 / 0)), '[2000 float32 cpu]  all NaN')
  test.equal(last_line(torch.cat {torch.full({1}, 0 / 0), torch.ones(1500)}),
             '[1501 float32 cpu]  min 1  max 1  mean 1  NaN 1')
end)
