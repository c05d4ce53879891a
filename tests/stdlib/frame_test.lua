-- Frames: columns, rows, queries, joins, CSV.
local test = require 'brain.test'

local function scratch() return os.tmpname() end

local function scores()
  return frame.new {
    {'subject', {'s2', 's1', 's2', 's1', 's3'}},
    {'area', {'V1', 'V1', 'IT', 'IT', 'V1'}},
    {'r', torch.tensor({0.2, 0.1, 0.4, 0.3, 0.5}, {dtype = 'float64'})},
    {'n', torch.tensor {5, 4, 3, 2, 1}},
  }
end

test.case('columns keep their order, numbers and types', function()
  local f = scores()
  test.equal(f.columns, {'subject', 'area', 'r', 'n'})
  test.equal(#f, 5)
  test.equal(f.r.dtype, 'float64')
  test.equal(f.n.dtype, 'int64')
  test.equal(f.subject[2], 's1')
  test.equal(frame.new {b = {1, 2}, a = {'x', 'y'}}.columns, {'a', 'b'})
  test.equal(frame.new {{'a', {1, 2.5}}}.a, torch.tensor({1, 2.5}, {dtype = 'float64'}))
  test.equal(frame.new {{'a', {1, 2}}}.a, torch.tensor {1, 2})
  test.equal(frame.new {{'a', {true, false}}}.a, torch.tensor {true, false})
  test.equal(frame.new {{'a', torch.ones(2)}}.a.dtype, 'float32')
  test.equal(frame.new {{'a', {1, 2}}, {'session', 'one'}, {'x', 0.5}}.session, {'one', 'one'})
  test.equal(#frame.new {}, 0)
  test.equal(frame.new(f).columns, f.columns)
end)

test.case('missing values are NaN or empty text', function()
  local f = frame.new {{'a', {1, torch.null, 3}}, {'b', {torch.null, 'x', 'y'}}, {'c', {torch.null, true, false}}}
  test.equal(f.a:isnan(), torch.tensor {false, true, false})
  test.equal(f.b, {'', 'x', 'y'})
  test.close(f.c, torch.tensor({0 / 0, 1, 0}, {dtype = 'float64'}))
end)

test.case('what is wrong is one line with the nearest name', function()
  local f = scores()
  test.raises(function() return f.subjct end, "no column 'subjct', did you mean 'subject'?")
  test.raises(function() f:select {'are'} end, "select: no column 'are', did you mean 'area'?")
  test.raises(function() frame.new {{'a', {1, 2}}, {'b', {1}}} end, "column 'b': expected 2 rows as 'a' has, got 1")
  test.raises(function() frame.new {{'a', {1, 'x'}}} end, "column 'a': row 1: expected a number, got text 'x'")
  test.raises(function() frame.new {{'a', torch.ones(2, 2)}} end, "column 'a': expected a 1-D Tensor")
  test.raises(function() frame.new {{'a', {1}}, {'a', {2}}} end, "column 'a' comes twice")
  test.raises(function() frame.new {{'a', 1}, {'a', 2}} end, "column 'a' comes twice")
  test.raises(function() frame.new {[3] = {1}} end, 'frame.new: expected names of columns, got number')
  test.raises(function() f:where(3) end, 'where: expected a function')
  test.raises(function() f.group = {1} end, "'group' is a method")
  test.raises(function() f.x = {1} end, "column 'x': expected 5 rows, got 1")
  test.raises(function() f.sort('r') end, 'sort: expected a Frame, got string')
  local message = test.raises(function() f:sort('r', {descnding = true}) end, "did you mean 'descending'?")
  test.truthy(message:find '^[^:]*frame_test.lua:%d+: sort: ', message)
end)

test.case('rows count from 0', function()
  local f = scores()
  local row = f:row(2)
  test.equal(row.subject, 's2')
  test.equal(row.r, 0.4)
  test.equal(math.type(row.n), 'integer')
  test.equal(f:row(-1).subject, 's3')
  test.raises(function() f:row(5) end, 'row: index 5 is out of range for 5 rows')
  local total = 0
  for i, r in f:each() do total = total + i * r.n end
  test.equal(total, 4 + 6 + 6 + 4)
  local names = {}
  for name, values in pairs(f) do names[#names + 1] = name .. #values end
  test.equal(names, {'subject5', 'area5', 'r5', 'n5'})
end)

test.case('columns are set, renamed and selected', function()
  local f = scores()
  f.double_r = f.r * 2
  f.gone = 0
  f.gone = nil
  f:column('group', {'a', 'b', 'a', 'b', 'a'})
  test.equal(f:column('group')[2], 'b')
  test.equal(#f:group 'subject', 3)
  test.close(f.double_r, f.r * 2)
  f:rename {r = 'rho'}
  test.equal(f.columns, {'subject', 'area', 'rho', 'n', 'double_r', 'group'})
  test.raises(function() f:rename {rho = 'n'} end, "two columns would be 'n'")
  test.equal(f:select({'n', 'subject'}).columns, {'n', 'subject'})
end)

test.case('where', function()
  local f = scores()
  test.equal(f:where({area = 'V1'}).n, torch.tensor {5, 4, 1})
  test.equal(f:where({area = 'V1', n = {4, 1}}).subject, {'s1', 's3'})
  test.equal(f:where({r = function(r) return r > 0.25 end}).n, torch.tensor {3, 2, 1})
  test.equal(f:where(function(row) return row.area == 'IT' and row.n > 2 end).subject, {'s2'})
  test.equal(f:where(f.r:gt(0.25)).n, torch.tensor {3, 2, 1})
  test.equal(#f:where {area = 'MT'}, 0)
  test.equal(f:where({area = 'MT'}).r.shape, torch.tensor({}).shape)
  test.raises(function() f:where(function(row) return row.are end) end, "no column 'are', did you mean 'area'?")
  local flags = frame.new {{'ok', {true, false, true}}, {'i', {0, 1, 2}}}
  test.equal(flags:where({ok = true}).i, torch.tensor {0, 2})
  test.equal(flags:take({2, 0}).i, torch.tensor {2, 0})
  test.equal(flags:head(2).i, torch.tensor {0, 1})
end)

test.case('sorting is stable and leaves missing numbers last', function()
  local f = scores()
  test.equal(f:sort('subject').n, torch.tensor {4, 2, 5, 3, 1})
  test.equal(f:sort('subject', {descending = true}).n, torch.tensor {1, 5, 3, 4, 2})
  test.equal(f:sort({'area', 'r'}).n, torch.tensor {2, 3, 4, 5, 1})
  test.equal(f:sort({'area', 'r'}, {descending = {'r'}}).n, torch.tensor {3, 2, 1, 5, 4})
  local g = frame.new {{'x', {2, 0 / 0, -math.huge, 3}}, {'i', {0, 1, 2, 3}}}
  test.equal(g:sort('x').i, torch.tensor {2, 0, 3, 1})
  test.equal(g:sort('x', {descending = true}).i, torch.tensor {3, 0, 2, 1})
end)

test.case('group', function()
  local f = scores()
  local g = f:group('subject', {
    mean_r = {'r', 'mean'}, rows = 'count', best = {'r', 'max'}, sd = {'r', 'std'}, total = {'n', 'sum'},
    middle = {'r', 'median'}, first = {'area', 'first'},
    span = {'r', function(r) return (r:max() - r:min()):item() end},
    places = {'area', function(list) return table.concat(list, '+') end}, low = {'n', 'min'}})
  test.equal(g.columns,
    {'subject', 'best', 'first', 'low', 'mean_r', 'middle', 'places', 'rows', 'sd', 'span', 'total'})
  test.equal(g.subject, {'s2', 's1', 's3'})
  test.close(g.mean_r, torch.tensor({0.3, 0.2, 0.5}, {dtype = 'float64'}))
  test.equal(g.rows, torch.tensor {2, 2, 1})
  test.equal(g.total, torch.tensor {8, 6, 1})
  test.equal(g.low, torch.tensor {3, 2, 1})
  test.close(g.sd, torch.tensor({0.02 ^ 0.5, 0.02 ^ 0.5, 0 / 0}, {dtype = 'float64'}))
  test.close(g.middle, torch.tensor({0.3, 0.2, 0.5}, {dtype = 'float64'}))
  test.close(g.span, torch.tensor({0.2, 0.2, 0}, {dtype = 'float64'}))
  test.equal(g.places, {'V1+IT', 'V1+IT', 'V1'})
  local two = f:group({'area', 'subject'}, {{'n', 'n', 'sum'}, {'r', 'r', 'mean'}})
  test.equal(two.columns, {'area', 'subject', 'n', 'r'})
  test.equal(#two, 5)
  test.equal(f:group('area').count, torch.tensor {3, 2})
  test.close(f:group({}, {r = {'r', 'mean'}}).r, torch.tensor({0.3}, {dtype = 'float64'}))
  test.raises(function() f:group('area', {x = {'r', 'maen'}}) end, "did you mean 'mean'?")
  test.raises(function() f:group('area', {x = {'subject', 'mean'}}) end, "'mean' needs numbers, column 'subject' is text")
  test.equal(#f:where({area = 'MT'}):group('subject', {r = {'r', 'mean'}}), 0)
end)

test.case('group leaves missing values out', function()
  local f = frame.new {{'k', {1, 1, 2, 0 / 0, 0 / 0}}, {'x', {1, 0 / 0, 0 / 0, 4, 6}}, {'t', {'a', '', '', 'b', 'c'}}}
  local g = f:group('k', {mean = {'x', 'mean'}, n = {'x', 'count'}, sum = {'x', 'sum'}, max = {'x', 'max'},
    t = {'t', 'count'}})
  test.close(g.mean, torch.tensor({1, 0 / 0, 5}, {dtype = 'float64'}))
  test.equal(g.n, torch.tensor {1, 0, 2})
  test.close(g.sum, torch.tensor({1, 0, 10}, {dtype = 'float64'}))
  test.close(g.max, torch.tensor({1, 0 / 0, 6}, {dtype = 'float64'}))
  test.equal(g.t, torch.tensor {1, 0, 2})
end)

-- Against a slow reference: every pair of rows compared.
test.case('join', function()
  local a = frame.new {{'id', {3, 1, 2, 1}}, {'s', {'x', 'y', 'x', 'x'}}, {'a', {10, 20, 30, 40}}}
  local b = frame.new {{'id', {1, 1, 3, 4}}, {'s', {'y', 'x', 'x', 'x'}}, {'b', {'p', 'q', 'r', 's'}},
    {'n', {1, 2, 3, 4}}}
  for _, kind in ipairs {'inner', 'left'} do
    local expected = {}
    for _, left in a:each() do
      local found = false
      for _, right in b:each() do
        if left.id == right.id and left.s == right.s then
          expected[#expected + 1], found = left.a .. right.b .. right.n, true
        end
      end
      if kind == 'left' and not found then expected[#expected + 1] = left.a .. '-' end
    end
    local joined = a:join(b, {on = {'id', 's'}, kind = kind})
    test.equal(joined.columns, {'id', 's', 'a', 'b', 'n'})
    local got = {}
    for i, row in joined:each() do
      got[i + 1] = row.n == row.n and row.a .. row.b .. math.tointeger(row.n) or row.a .. '-' .. row.b
    end
    test.equal(got, expected, kind)
  end
  test.equal(a:join(b:select {'id', 'n'}, {on = 'id'}).n, torch.tensor {3, 1, 2, 1, 2})
  test.raises(function() a:join(b, {on = 'id'}) end, "join: both have a column 's'")
  test.raises(function() a:join(frame.new {{'id', {'1'}}}, {on = 'id'}) end, "column 'id' is number here and text there")
  test.raises(function() a:join(b, {on = 'ib'}) end, "no column 'ib', did you mean 'id'?")
  test.raises(function() a:join(b) end, 'join: on: expected a name')
  local nan = frame.new {{'id', {0 / 0, 1}}, {'c', {1, 2}}}
  test.equal(nan:join(nan:select {'id'}, {on = 'id'}).c, torch.tensor {2})
  test.equal(#frame.new({{'id', {}}}):join(b, {on = 'id'}), 0)
end)

test.case('append', function()
  local history = frame.new {}
  for epoch = 0, 2 do history:append {epoch = epoch, loss = torch.tensor(1 / (epoch + 1)), phase = 'train'} end
  test.equal(history.columns, {'epoch', 'loss', 'phase'})
  test.equal(history.epoch, torch.tensor {0, 1, 2})
  history:append {epoch = 3, validation = 0.5}
  test.equal(#history, 4)
  test.equal(history.phase, {'train', 'train', 'train', ''})
  test.equal(history.loss:isnan():sum():item(), 1)
  test.equal(history.validation:isnan(), torch.tensor {true, true, true, false})
  history:append {epoch = 3.5}
  test.equal(history.epoch.dtype, 'float64')
  test.raises(function() history:append {epoch = 4, loss = 'large', more = 1} end, "column 'loss': row 5: expected a number")
  test.equal(history.columns, {'epoch', 'loss', 'phase', 'validation'})
  test.equal(#history, 5)
  test.equal(#history.loss, 5)
  local copy = history:select 'phase'
  copy:append {phase = 'test'}
  test.equal(#history.phase, 5)
  test.equal(frame.from_rows({{a = 1, b = 'x'}, {b = 'y', c = true}}).columns, {'a', 'b', 'c'})
end)

test.case('CSV comes back as it was', function()
  local path = scratch()
  local f = frame.new {
    {'text', {'plain', 'a,b', 'say "no"', 'two\nlines', '', ' edge'}},
    {'int', {1, -2, 3, 9007199254740993, 5, 6}},
    {'float', {0.1, 1e300, -0.0, 0 / 0, math.huge, 2}},
    {'flag', {true, false, true, true, false, true}},
  }
  f:write(path)
  local g = frame.read(path)
  test.equal(g.columns, f.columns)
  test.equal(g.text, f.text)
  test.equal(g.int, f.int)
  test.equal(g.flag, f.flag)
  test.close(g.float, f.float, {rtol = 0, atol = 0})
  test.equal(g.float.dtype, 'float64')
  os.remove(path)
end)

test.case('CSV from elsewhere', function()
  local path = scratch()
  local function read(text, options)
    local file = assert(io.open(path, 'wb'))
    file:write(text)
    file:close()
    return frame.read(path, options)
  end
  local f = read '\xEF\xBB\xBF,id,name,x,all_missing\r\n0,007,"Smith, J",1.5,\r\n1,012,,NA,\r\n\r\n'
  test.equal(f.columns, {'column1', 'id', 'name', 'x', 'all_missing'})
  test.equal(f.id, {'007', '012'})
  test.equal(f.name, {'Smith, J', ''})
  test.close(f.x, torch.tensor({1.5, 0 / 0}, {dtype = 'float64'}))
  test.equal(f.all_missing:isnan(), torch.tensor {true, true})
  test.equal(read('a;b\n1;2\n', {separator = ';'}).b, torch.tensor {2})
  test.equal(read('1,x\n2,y\n', {columns = {'n', 't'}}).t, {'x', 'y'})
  test.equal(read('a\n1\n2\n', {types = {a = 'text'}}).a, {'1', '2'})
  test.equal(read('a\n1\n2\n', {types = {a = 'number'}}).a.dtype, 'float64')
  test.equal(#read 'a,b\n', 0)
  test.raises(function() read 'a,b\n1,2\n3\n' end, path .. ': line 3: expected 2 fields, found 1')
  test.raises(function() read 'a,a\n1,2\n' end, "column 'a' comes twice")
  test.raises(function() read '' end, 'expected a line of column names, found an empty file')
  test.raises(function() read 'a\n"1\n' end, 'line 2: a quoted field without its end')
  test.raises(function() read('a\nx\n', {types = {a = 'integer'}}) end, "column 'a': row 0: expected an integer, found 'x'")
  test.raises(function() read('a\nx\n', {types = {b = 'text'}}) end, "types: no column 'b'")
  local message = test.raises(function() frame.read(path, {tpyes = {}}) end, "did you mean 'types'?")
  test.truthy(message:find '^[^:]*frame_test.lua:', message)
  os.remove(path)
end)

test.case('as text', function()
  local f = frame.new {{'name', {'V1', 'inferior temporal'}}, {'r', {0.5, 0 / 0}}, {'n', {3, 1000}}}
  test.equal(tostring(f), 'name                 r     n\nV1                 0.5     3\n' ..
    'inferior temporal  NaN  1000\n[2 rows x 3 columns]')
  local long = tostring(frame.new {{'i', torch.arange(1000)}})
  test.equal(select(2, long:gsub('\n', '')), 22)
  test.truthy(long:find('...', 1, true) and long:find '999\n%[1000 rows x 1 column%]$', long)
  local wide = {}
  for i = 1, 40 do wide[i] = {('column_%02d'):format(i), {i}} end
  for line in tostring(frame.new(wide)):gmatch '[^\n]+' do test.truthy(#line <= 100, line) end
  test.equal(tostring(frame.new {}), 'Frame [0 rows x 0 columns]')
end)

test.case('a frame is a table of its columns for files', function()
  local path = scratch()
  local f = scores()
  file.save(path .. '.npz', f:select {'r', 'n'})
  local g = frame.new(file.load(path .. '.npz'))
  test.equal(g.columns, {'r', 'n'})
  test.equal(g.n, f.n)
  os.remove(path)
  os.remove(path .. '.npz')
end)

test.case('a frame in HDF5 is a group of column data sets', function()
  local path = scratch()
  os.remove(path)
  path = path .. '.h5'
  if not pcall(file.save, path, {}) then return end  -- a build without HDF5
  local f = scores()
  file.save(path, {scores = f})
  local g = frame.new(file.load(path, {key = 'scores'}))
  test.equal(g.columns, f.columns)
  test.equal(g.subject, f.subject)
  test.equal(g.r, f.r)
  os.remove(path)
end)

test.case('every function and method has its help', function()
  local help = require 'brain.help'
  for name in pairs(frame) do test.truthy(help.find('frame.' .. name), name) end
  local methods = help.find 'frame.Frame'
  for name in pairs(getmetatable(frame.new {}).methods) do test.truthy(methods:find('f:' .. name, 1, true), name) end
end)
