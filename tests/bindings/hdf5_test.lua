-- HDF5 through file.load, file.save and file.open.
local test = require 'brain.test'
local file = require 'brain.file'

if not test.has 'hdf5' then  -- such a build says so on one line
  test.case('a minimal build says that it has no HDF5', function()
    test.raises(function() file.save('x.h5', {}) end, 'x.h5: this build has no HDF5')
  end)
  return
end

local function scratch(fn)
  local base = os.tmpname()
  local path = base .. '.h5'
  local ok, message = pcall(fn, path)
  os.remove(path)
  os.remove(base)
  if not ok then error(message, 0) end
end

local function keys(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = tostring(key) end
  return table.concat(list, ' ')
end

test.case('a tree comes back', function()
  scratch(function(path)
    local tree = {x = torch.randn(3, 4), group = {n = 3, rate = 0.5, name = 'naïve', none = torch.null},
      ['deep/er'] = torch.arange(3), flags = torch.tensor {true, false}, names = {'Pz', 'O1'}, list = {1, 2, 3},
      half = torch.ones({2}, {dtype = 'float16'}), c = torch.ones({2}, {dtype = 'complex64'})}
    file.save(path, tree, {attributes = {['/'] = {version = 2}, ['/group/n'] = {unit = 'mV', range = {0, 1}}}})
    local back, attributes = file.load(path, {metadata = true})
    test.equal(keys(back), 'c deep flags group half list names x')
    for _, name in ipairs {'x', 'flags', 'half', 'c'} do test.equal(back[name], tree[name], name) end
    test.equal(back.deep.er, tree['deep/er'])
    test.equal(back.names, {'Pz', 'O1'})
    test.equal(back.list:tolist(), {1, 2, 3})
    test.equal(math.type(back.group.n), 'integer')
    test.equal(back.group.rate, 0.5)
    test.equal(back.group.name, 'naïve')
    test.equal(back.group.none, torch.null)
    test.equal(attributes['/'].version, 2)
    test.equal(attributes['/group/n'].unit, 'mV')
    test.equal(file.load(path, {key = 'group/rate'}), 0.5)
    test.equal(file.load(path, {key = 'deep'}).er, tree['deep/er'])
    test.raises(function() file.load(path, {key = 'group/rat'}) end, "did you mean 'group/rate'?")
    test.equal(file.format(path), 'HDF5')
  end)
end)

test.case('an array reads what its index asks for, as the tensor gives it', function()
  for _, compress in ipairs {0, 4} do
    scratch(function(path)
      local x = torch.arange(20 * 30 * 5):reshape(20, 30, 5):to 'float32'
      file.save(path, {group = {x = x}}, {compress = compress})
      local h <close> = file.open(path)
      local a = h:get 'group/x'
      test.equal(a.shape, x.shape)
      test.equal(a.dtype, 'float32')
      test.equal(a.name, 'group/x')
      test.equal(#a, 20)
      test.equal(tostring(a):match '^HDF5 array group/x %(20, 30, 5%) float32 of ', 'HDF5 array group/x (20, 30, 5) float32 of ')
      test.equal(a:read(), x)
      local mask = torch.zeros({20}, {dtype = 'bool'})
      mask['3:9:2'] = true
      local plane = torch.zeros({20, 30}, {dtype = 'bool'})
      plane[{4, 7}] = true
      plane[{2, 29}] = true
      local picks = torch.tensor {{19, 3}, {3, -20}}
      for i, index in ipairs {0, -1, 7, '10:20', ':, 3', '..., -1', '::7, 2:9:3', '5:2', '-3:', 'None, 4', {0, '1:3'},
        {':', {4, 29, 4, 0}}, {{1, 5, 2}, ':', {0, 1, 4}}, {3, {1, 2}}, {'...', {0, 4}}, mask, {mask, 2}, {plane},
        {plane, 1}, picks, {picks, '1:3', 0}, {':', ':', torch.tensor {1, 0}}, {torch.null, 2, '...'}, {}, '...'} do
        local expected = x[index]
        test.equal(a[index], expected, 'index ' .. i)
      end
      test.raises(function() return a[20] end, 'group/x: index 20 is out of range for axis 0, which has 20 elements')
      test.raises(function() return a[{0, 0, 0, 0}] end, 'an index for 4 axes, the data set has 3')
      test.raises(function() return a.mean end, "has shape, dtype, name and read, not 'mean'")
      test.raises(function() return a['x:y'] end, 'expected integers, slices')
    end)
  end
end)

test.case('a handle walks the file', function()
  scratch(function(path)
    file.save(path, {group = {b = torch.ones(2), a = 'text'}, n = 5}, {attributes = {group = {unit = 'mV'}}})
    local h = file.open(path)
    test.equal(h:keys(), {'group', 'n'})
    test.equal(h:keys 'group', {'a', 'b'})
    test.equal(h:get 'n', 5)
    local group = h:get 'group'
    test.equal(group:keys(), {'a', 'b'})
    test.equal(group:get 'a', 'text')
    test.equal(group:get 'b':read():tolist(), {1.0, 1.0})
    test.equal(group:get '/n', 5)
    test.equal(group:attributes().unit, 'mV')
    test.equal(h:attributes('group').unit, 'mV')
    local b = h:get 'group/b'
    test.equal(#h:list(), 5)
    test.equal(h:list()[4].type, 'float32')
    h:close()
    test.raises(function() return b[0] end, 'is closed')
    test.raises(function() group:keys() end, 'is closed')
    test.raises(function() h.keys(5) end, 'keys: self: expected HDF5 file, got integer 5')
  end)
end)

test.case('other formats open alike', function()
  local h <close> = file.open 'tests/data/checkpoints/training.pth'
  test.equal(h:get 'state_dict/weight':tolist(), {{0.0, 1.0, 2.0}, {3.0, 4.0, 5.0}})
  test.equal(table.concat(h:keys 'state_dict', ' '), 'weight bias steps')
  test.raises(function() h:get 'state_dict/wait' end, "no 'state_dict/wait'")
  test.equal(file.open('tests/data/checkpoints/small.safetensors'):attributes().format, 'pt')
  test.equal(file.open('tests/data/checkpoints/fortran.npy'):get()[{1, '1:'}]:tolist(), {4, 5})
end)

test.case('what HDF5 cannot hold is said on one line', function()
  scratch(function(path)
    test.raises(function() file.save(path, torch.ones(2)) end, 'holds a table of named values, found a tensor')
    test.raises(function() file.save(path, {a = torch.ones({1}, {dtype = 'bfloat16'})}) end, 'HDF5 has no bfloat16')
    test.raises(function() file.save(path, {a = 1}, {compress = 10}) end, 'expected a level from 0 to 9, found 10')
    test.raises(function() file.save(path, {a = 1}, {attributes = {b = {c = 1}}}) end, "attributes of 'b'")
    test.raises(function() file.save('x.npz', {a = torch.ones(1)}, {compress = 1}) end, 'compress is for HDF5 files')
    test.raises(function() file.open(path) end, 'cannot open')
  end)
end)
